//! Where the parts of a text stand: members and elements, and what is in them.

use super::refused::Raised;
use super::scan::Scanner;

/// A value of a text, by its place.
pub struct Outline {
    pub from: usize,
    to: usize,
    pub parts: Parts,
}

/// What a value is made of.
pub enum Parts {
    None,
    Members(Vec<(String, Outline)>),
    Items(Vec<Outline>),
}

impl Outline {
    /// `None` for a text that is not JSON.
    pub fn of(text: &str) -> Option<Self> {
        let mut scanner = Scanner::new(text);
        let outline = Self::next(&mut scanner).ok()?;
        scanner.end().ok().map(|()| outline)
    }

    fn next(scanner: &mut Scanner<'_>) -> Result<Self, Raised> {
        let next = scanner.peek();
        let from = scanner.at();
        let parts = match next {
            Some(b'{') => {
                scanner.enter()?;
                let mut members = Vec::new();
                while scanner.another(members.is_empty(), b'}')? {
                    let name = scanner.string()?.into_owned();
                    scanner.colon()?;
                    members.push((name, Self::next(scanner)?));
                }
                Parts::Members(members)
            }
            Some(b'[') => {
                scanner.enter()?;
                let mut items = Vec::new();
                while scanner.another(items.is_empty(), b']')? {
                    items.push(Self::next(scanner)?);
                }
                Parts::Items(items)
            }
            _ => {
                scanner.pass()?;
                Parts::None
            }
        };
        Ok(Self { from, to: scanner.at(), parts })
    }

    /// The first member of this name.
    pub fn member(&self, wanted: &str) -> Option<&Self> {
        match &self.parts {
            Parts::Members(members) => members.iter().find(|(name, _)| name == wanted).map(|(_, member)| member),
            Parts::Items(_) | Parts::None => None,
        }
    }

    /// What stands there.
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        &text[self.from..self.to]
    }

    /// A string in which nothing is escaped, as words are.
    pub fn word<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.text(text).strip_prefix('"')?.strip_suffix('"')
    }
}
