"""Whether a second person publishes articles. Administrators decide it, not those who write."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup.article_rules import ARTICLE_RULES
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_columns
from staff_app.setup.texts.forms import ArticleRulesForm

PAGE = "staff_app/setup/texts/article_rules.html"


@staff_page
def article_rules(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    edit = edit_columns(request, ArticleRulesForm, ARTICLE_RULES)
    if edit.is_valid():
        city, cleaned = request.jurisdiction, edit.form.cleaned_data
        try:
            ARTICLE_RULES.change(city.pk, actor=request.user, host=request.get_host(), seen=edit.seen, **cleaned)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, {}, edit.form, edit=edit, changed=changed)
        messages.success(request, edit.saved(_("Saved.")))
        return redirect("staff_app:article_rules")
    return edit_page(request, PAGE, {}, edit.form, edit=edit)
