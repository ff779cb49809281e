//! What the address of a page may be asked by. A misspelt filter that is ignored shows everything, and looks like an answer: so a page
//! refuses what it does not know, and what stands twice, as the API does. A page that nobody asks anything is the same whatever others
//! write behind its address, as mail programs do; what WeChat writes there is dropped before any page is asked.

use super::refusal::Unshown;
use super::shell::Leaf;
use super::visit::Visit;
use crate::http::check_names;

/// How a page asks again: its form, with what is wrong.
type Again = Box<dyn Fn(&Visit, &Unshown) -> Leaf + Send + Sync>;

/// The parameters of a page, or the fields of its form.
pub(super) struct PageQuery {
    names: Vec<&'static str>,
    again: Option<Again>,
}

impl PageQuery {
    /// Of a page that is asked by nothing but its path, and so ignores the rest.
    pub(super) fn none() -> Self {
        Self::of([])
    }

    pub(super) fn of(names: impl IntoIterator<Item = &'static str>) -> Self {
        Self { names: names.into_iter().collect(), again: None }
    }

    /// With the form by which it is asked, to be shown with a refusal.
    pub(super) fn again(self, form: impl Fn(&Visit, &Unshown) -> Leaf + Send + Sync + 'static) -> Self {
        Self { again: Some(Box::new(form)), ..self }
    }

    /// Whether a visit asks by what is known, once each.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn check(&self, visit: &Visit) -> Result<(), Unshown> {
        if self.names.is_empty() {
            return Ok(());
        }
        Ok(check_names(visit.names_asked(), &self.names)?)
    }

    /// What is shown instead of the page.
    pub(super) fn refused(&self, visit: &Visit, unshown: &Unshown) -> Leaf {
        match &self.again {
            Some(again) if unshown.is_of_the_question() => {
                Leaf { status: unshown.status(), is_listed: false, ..again(visit, unshown) }
            }
            _ => unshown.leaf(visit),
        }
    }
}
