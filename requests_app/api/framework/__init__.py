"""What the APIs for machines share, built on Django REST framework."""
