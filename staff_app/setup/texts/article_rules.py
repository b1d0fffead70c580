"""Whether a second person publishes articles. Administrators decide it, not those who write."""

from django.http import HttpResponse

from requests_app.actions.setup.article_rules import ARTICLE_RULES
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns
from staff_app.setup.texts.forms import ArticleRulesForm

PAGE = "staff_app/setup/texts/article_rules.html"


@staff_page
def article_rules(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return edit_city_columns(request, ArticleRulesForm, ARTICLE_RULES, PAGE, then="staff_app:article_rules")
