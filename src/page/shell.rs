//! What stands around every page: header with search and sections, the way back, the other language, footer.

use super::assets;
use super::foreign::{self, marked};
use super::printed;
use super::text::{Common, Say};
use super::visit::Visit;
use super::{Section, text::EveryWord};
use maud::{DOCTYPE, Markup, html};
use poem::http::StatusCode;

/// What a page is of its own: its title, which is its heading too, and what stands below.
pub(super) struct Leaf {
    pub title: String,
    pub body: Markup,
    pub status: StatusCode,
    /// The section that it belongs to.
    pub section: Option<Section>,
    /// One sentence for those who list pages, and for previews of links.
    pub about: Option<String>,
    /// The Atom feed of what it shows.
    pub feed: Option<String>,
    /// Whether search engines may list it: not, where it is about a person or an organisation's standing.
    pub is_listed: bool,
    /// The address of a module that the page runs; without it the page says the same.
    pub script: Option<String>,
}

impl Leaf {
    pub(super) fn new(title: impl Into<String>, body: Markup) -> Self {
        Self {
            title: title.into(),
            body,
            status: StatusCode::OK,
            section: None,
            about: None,
            feed: None,
            is_listed: true,
            script: None,
        }
    }

    /// A page of a section.
    pub(super) fn of(section: Section, title: impl Into<String>, body: Markup) -> Self {
        Self { section: Some(section), ..Self::new(title, body) }
    }
}

/// The address of this page in the other language, with its query.
fn elsewhere(visit: &Visit) -> String {
    let address = visit.address.path_and_query().map_or("/", |address| address.as_str());
    let rest = address.strip_prefix('/').and_then(|rest| rest.strip_prefix(visit.language.prefix())).unwrap_or("/");
    format!("/{}{rest}", visit.language.other().prefix())
}

pub(super) fn around(visit: &Visit, leaf: &Leaf) -> Markup {
    let language = visit.language;
    let path = visit.address.path();
    let is_home = path.trim_end_matches('/') == format!("/{}", language.prefix());
    let name = visit.say(Common::Name);
    html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title lang=[foreign::tag(visit.language, &leaf.title)] { (leaf.title) @if !is_home { " · " (name) } }
                @if let Some(about) = &leaf.about {
                    meta name="description" content=(about);
                    meta property="og:description" content=(about);
                }
                meta property="og:title" content=(leaf.title);
                meta property="og:site_name" content=(name);
                meta property="og:type" content="website";
                meta property="og:locale" content=(language.tag().replace('-', "_"));
                @if !leaf.is_listed { meta name="robots" content="noindex"; }
                link rel="stylesheet" href=(assets::sheet());
                link rel="icon" type="image/svg+xml" href=(assets::icon());
                @if let Some(script) = &leaf.script { script type="module" src=(script) {} }
                @if let Some(feed) = &leaf.feed { link rel="alternate" type="application/atom+xml" href=(feed); }
                link rel="canonical" href=(path);
                link rel="alternate" hreflang=(language.other().tag()) href=(elsewhere(visit));
            }
            body {
                a.skip href="#content" { (visit.say(Common::SkipToContent)) }
                (header(visit, leaf))
                (marked(language, html! {
                    @if !is_home { (crumbs(visit, leaf)) }
                    main #content tabindex="-1" { h1 { (leaf.title) } (leaf.body) }
                }))
                (footer(visit))
            }
        }
    }
}

fn header(visit: &Visit, leaf: &Leaf) -> Markup {
    let (language, other) = (visit.language, visit.language.other());
    let search = visit.say(Common::SearchAll);
    html! {
        header.top {
            div.banner {
                a.name href=(visit.at("/")) { b { (visit.say(Common::Name)) } " " span { (visit.say(Common::Tagline)) } }
                form.search role="search" action=(visit.at("/search")) method="get" {
                    input type="search" name="q" aria-label=(search) placeholder=(search) maxlength="100";
                    button type="submit" { (visit.say(Common::Search)) }
                }
                a.tongue href=(elsewhere(visit)) lang=(other.tag()) hreflang=(other.tag()) { (Common::ThisLanguage.say(other)) }
            }
            nav.sections aria-label=(visit.say(Common::Sections)) {
                ul {
                    @for section in Section::EVERY {
                        @let current = (leaf.section == Some(*section)).then_some("true");
                        li { a href=(visit.at(section.path())) aria-current=[current] { (section.say(language)) } }
                    }
                }
            }
        }
    }
}

fn crumbs(visit: &Visit, leaf: &Leaf) -> Markup {
    let section = leaf.section.filter(|section| visit.address.path() != visit.at(section.path()));
    html! {
        nav.crumbs aria-label=(visit.say(Common::YouAreHere)) {
            ol {
                li { a href=(visit.at("/")) { (visit.say(Common::Home)) } }
                @if let Some(section) = section { li { a href=(visit.at(section.path())) { (visit.say(section)) } } }
                li aria-current="page" { (leaf.title) }
            }
        }
    }
}

fn footer(visit: &Visit) -> Markup {
    let language = visit.language;
    let at = |path: &str| format!("/{}{path}", language.prefix());
    html! {
        footer {
            (printed::source(visit))
            p { (Common::Everything.say(language)) " " (Common::AllTimes.say(language)) }
            ul {
                li { a href="/api" { (Common::ForPrograms.say(language)) } }
                li { a href=(at("/about/verify")) { (Common::HowToVerify.say(language)) } }
                li { a href=(at("/about/accessibility")) { (Common::Accessibility.say(language)) } }
                li { a href=(at("/about/components")) { (Common::Components.say(language)) } }
            }
        }
    }
}
