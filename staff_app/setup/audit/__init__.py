"""The audit: every act of staff and every change of setup, and the file of it for the records officer."""
