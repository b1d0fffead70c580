"""URLs of moderation: the review queue, and hiding parts of a request."""

from django.urls import URLPattern, path

from staff_app.moderation import moderate, review

urlpatterns: list[URLPattern] = [
    path("r/<str:reference>/moderate/", moderate.moderate, name="moderate"),
    path("r/<str:reference>/texts/<int:revision_id>/restore/", moderate.restore, name="restore"),
    path("r/<str:reference>/photos/<int:photo_id>/hide/", moderate.hide_photo, name="hide_photo"),
    path("r/<str:reference>/photos/<int:photo_id>/show/", moderate.show_photo, name="show_photo"),
    path("review/", review.review, name="review"),
    path("review/several/", review.review_several, name="review_several"),
    path("review/<str:reference>/", review.review_request, name="review_request"),
    path("review/<str:reference>/publish/", review.publish_private, name="publish_private"),
]
