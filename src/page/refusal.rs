//! Why a page has nothing to show: the API's problem, as a reader is told it.

use super::component::notice;
use super::language::Language;
use super::shell::Leaf;
use super::text::{Common, Say};
use crate::problem::{self, ProblemType};
use maud::{Markup, html};
use poem::http::StatusCode;
use serde::Deserialize;

/// Why there is nothing to show, as the API's answer says it.
#[derive(Debug, Deserialize)]
pub(super) struct Unshown {
    #[serde(rename = "type", default)]
    kind: String,
    status: u16,
    title: String,
    title_en: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    detail_en: String,
    #[serde(default)]
    errors: Vec<Field>,
}

/// A field at fault.
#[derive(Debug, Deserialize)]
struct Field {
    detail: String,
    detail_en: String,
}

impl Unshown {
    pub(super) fn internal() -> Self {
        Self::of(&problem::INTERNAL)
    }

    pub(super) fn not_found() -> Self {
        Self::of(&problem::NOT_FOUND)
    }

    /// What the API answered instead of a view. What it can't even read it refuses before it knows a problem for it.
    pub(super) fn of_answer(status: StatusCode, body: &[u8]) -> Self {
        let plain = || match status {
            StatusCode::BAD_REQUEST => Self::of(&problem::BAD_PARAMETER),
            status if status.is_client_error() => Self::not_found(),
            _ => Self::internal(),
        };
        serde_json::from_slice(body).unwrap_or_else(|_| plain())
    }

    fn of(problem: &ProblemType) -> Self {
        Self {
            kind: format!("/problems/{}", problem.code),
            status: problem.status,
            title: problem.title_zh.to_owned(),
            title_en: problem.title_en.to_owned(),
            detail: String::new(),
            detail_en: String::new(),
            errors: Vec::new(),
        }
    }

    /// A question that no API was asked, because it is at fault itself.
    pub(super) fn of_the_question(zh: &str, en: &str) -> Self {
        Self { detail: zh.to_owned(), detail_en: en.to_owned(), ..Self::of(&problem::BAD_PARAMETER) }
    }

    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
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
        let body = html! {
            @if !self.detail.is_empty() { p { (language.choose(&self.detail, &self.detail_en)) } }
            @if !self.errors.is_empty() {
                ul { @for field in &self.errors { li { (language.choose(&field.detail, &field.detail_en)) } } }
            }
            p { a href=(self.kind) { (Common::WhyThisHappens.say(language)) } }
        };
        notice(language.choose(&self.title, &self.title_en), &body)
    }

    pub(super) fn leaf(&self, language: Language) -> Leaf {
        let body = html! {
            (self.box_in(language))
            p { a href={ "/" (language.prefix()) "/" } { (Common::BackHome.say(language)) } }
        };
        Leaf { status: self.status(), is_listed: false, ..Leaf::new(Common::NothingHere.say(language), body) }
    }
}
