//! Why a page has nothing to show: the API's problem, as a reader is told it.

use super::component::notice;
use super::language::Language;
use super::shell::Leaf;
use super::text::{Common, Say};
use super::visit::Visit;
use crate::http::Problem;
use crate::problem;
use maud::{Markup, html};
use poem::http::StatusCode;
use poem::{IntoResponse, Response};

/// Why there is nothing to show, as the API's answer says it.
#[derive(Debug)]
pub(super) struct Unshown(Problem);

impl From<Problem> for Unshown {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl Unshown {
    pub(super) fn internal() -> Self {
        Self(Problem::of(&problem::INTERNAL))
    }

    pub(super) fn not_found() -> Self {
        Self(Problem::of(&problem::NOT_FOUND))
    }

    /// What the API answered instead of a view. What it can't even read it refuses before it knows a problem for it.
    pub(super) fn of_answer(status: StatusCode, body: &[u8]) -> Self {
        crate::field::parse(body).map_or_else(
            |_| match status {
                StatusCode::BAD_REQUEST => Self(Problem::of(&problem::BAD_PARAMETER)),
                status if status.is_client_error() => Self::not_found(),
                _ => Self::internal(),
            },
            Self,
        )
    }

    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether the question was at fault, so that its form is shown again.
    pub(super) fn is_of_the_question(&self) -> bool {
        self.status() == StatusCode::BAD_REQUEST
    }

    /// Whether there is no such thing.
    pub(super) fn is_of_nothing(&self) -> bool {
        self.status() == StatusCode::NOT_FOUND
    }

    /// What is wrong.
    pub(super) fn box_in(&self, language: Language) -> Markup {
        let problem = &self.0;
        let title = language.choose(&problem.title, &problem.title_en);
        let detail = language.choose(&problem.detail, &problem.detail_en);
        let body = html! {
            // A problem that needs no more words than its type has its title there too.
            @if !detail.is_empty() && detail != title { p { (detail) } }
            @if !problem.errors.is_empty() {
                ul { @for field in &problem.errors { li { (language.choose(&field.detail, &field.detail_en)) } } }
            }
            p { a href=(problem.kind) { (Common::WhyThisHappens.say(language)) } }
        };
        notice(title, &body)
    }

    pub(super) fn leaf(&self, visit: &Visit) -> Leaf {
        let body = html! {
            (self.box_in(visit.language))
            @if self.is_of_the_question() { p { a href=(visit.address.path()) { (visit.say(Common::WithoutQuestion)) } } }
            p { a href=(visit.at("/")) { (visit.say(Common::BackHome)) } }
        };
        Leaf { status: self.status(), is_listed: false, ..Leaf::new(visit.say(Common::NothingHere), body) }
    }

    /// For who asked for a file and not for a page.
    pub(super) fn into_response(self) -> Response {
        self.0.into_response()
    }
}
