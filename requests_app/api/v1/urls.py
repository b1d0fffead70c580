"""v1's addresses. Each ends with a slash."""

from django.urls import URLPattern, path

from requests_app.api.v1 import catalog_views, city_views, place_views, reporting_views, webhook_views

urlpatterns: list[URLPattern] = [
    path("requests/", reporting_views.RequestsAndReports.as_view(), name="v1_requests"),
    path("requests/<str:reference>/", reporting_views.OneRequestAndEdit.as_view(), name="v1_request"),
    path("requests/<str:reference>/comments/", reporting_views.Comments.as_view(), name="v1_comments"),
    path("requests/<str:reference>/photos/", reporting_views.PhotosOfRequest.as_view(), name="v1_request_photos"),
    path("requests/<str:reference>/followers/", reporting_views.Followers.as_view(), name="v1_followers"),
    path("photos/", reporting_views.Photos.as_view(), name="v1_photos"),
    path("follows/", reporting_views.Follows.as_view(), name="v1_follows"),
    path("categories/", catalog_views.Categories.as_view(), name="v1_categories"),
    path("services/", catalog_views.Services.as_view(), name="v1_services"),
    path("services/<str:service_code>/", catalog_views.OneService.as_view(), name="v1_service"),
    path("articles/", catalog_views.Articles.as_view(), name="v1_articles"),
    path("articles/<str:article_code>/", catalog_views.OneArticle.as_view(), name="v1_article"),
    path("suggestions/", catalog_views.Suggestions.as_view(), name="v1_suggestions"),
    path("areas/", place_views.Areas.as_view(), name="v1_areas"),
    path("areas/<str:layer>/<str:area_code>/", place_views.OneArea.as_view(), name="v1_area"),
    path("places/", place_views.Places.as_view(), name="v1_places"),
    path("assets/", place_views.Assets.as_view(), name="v1_assets"),
    path("assets/<str:number>/", place_views.OneAsset.as_view(), name="v1_asset"),
    path("city/", city_views.City.as_view(), name="v1_city"),
    path("statistics/", city_views.Statistics.as_view(), name="v1_statistics"),
    path("webhook-events/", webhook_views.EventTypes.as_view(), name="v1_webhook_events"),
    path("webhooks/", webhook_views.Webhooks.as_view(), name="v1_webhooks"),
    path("webhooks/<int:webhook_id>/", webhook_views.OneWebhook.as_view(), name="v1_webhook"),
    path("webhooks/<int:webhook_id>/secret/", webhook_views.Secret.as_view(), name="v1_webhook_secret"),
    path("webhooks/<int:webhook_id>/test/", webhook_views.Test.as_view(), name="v1_webhook_test"),
    path("webhooks/<int:webhook_id>/deliveries/", webhook_views.Deliveries.as_view(), name="v1_webhook_deliveries"),
    path(
        "webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/resend/",
        webhook_views.Resend.as_view(),
        name="v1_webhook_resend",
    ),
]
