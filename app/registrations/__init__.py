"""Dual registration (双报到): units and party members report in, claim service posts and serve (S2-21, S4-13)."""

from typing import Any

from flask import current_app

from app.jobs.registry import declare
from app.notices import news as notices
from app.organizations.models import Organization
from app.people import belongings
from app.registrations import papers, service
from app.registrations.agreeing import TERMS
from app.registrations.cobuilding import Agreement
from app.registrations.feedback import Feedback
from app.registrations.lapsing import IDLE
from app.registrations.models import Member
from app.registrations.news import AGREEMENT_NEWS, FEEDBACK_NEWS, MEMBER_NEWS, UNIT_NEWS
from app.registrations.telling import QUARTERLY
from app.registrations.views import AgreementView, FeedbackView, MemberView, ServicePostView
from app.volunteers import service as volunteers


def register(appbuilder: Any) -> None:
    """Add the lists of members, service posts, agreements and feedback to the portal."""
    notices.declare(Organization.list_name, UNIT_NEWS)
    notices.declare(Member.list_name, MEMBER_NEWS)
    notices.declare(Agreement.list_name, AGREEMENT_NEWS)
    notices.declare(Feedback.list_name, FEEDBACK_NEWS)
    belongings.declare(service.OWN)
    volunteers.vouch(Member.list_name, service.serves)
    declare(TERMS)
    declare(QUARTERLY)
    declare(IDLE)
    appbuilder.add_view(MemberView, "m.members")
    appbuilder.add_view(ServicePostView, "m.service_posts")
    appbuilder.add_view(AgreementView, "m.agreements")
    appbuilder.add_view(FeedbackView, "m.feedbacks")
    current_app.register_blueprint(papers.pages)
    for view in appbuilder.list_views():
        if view.list_name in papers.GUESTS:
            view.guests.append(papers.GUESTS[view.list_name])
