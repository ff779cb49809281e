//! The members of an object and the elements of an array.

use super::expected;
use super::refused::Raised;
use super::scan::Scanner;
use super::union::KIND;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeSet;

pub struct Members<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    /// Where the name of the present member stands: a refusal of its value asks for it.
    name: usize,
    first: bool,
    last: bool,
    names: Names<'de>,
}

/// The names so far, where no struct counts them.
enum Names<'de> {
    /// A struct refuses what comes twice.
    Counted,
    Seen(BTreeSet<Cow<'de, str>>),
    /// As [`Self::Seen`]; the `kind` has been read before the others.
    OfUnion(BTreeSet<Cow<'de, str>>),
}

impl<'a, 'de> Members<'a, 'de> {
    fn new(scanner: &'a mut Scanner<'de>, names: Names<'de>) -> Self {
        Self { scanner, name: 0, first: true, last: false, names }
    }

    pub fn of_struct(scanner: &'a mut Scanner<'de>) -> Self {
        Self::new(scanner, Names::Counted)
    }

    pub fn untyped(scanner: &'a mut Scanner<'de>) -> Self {
        Self::new(scanner, Names::Seen(BTreeSet::new()))
    }

    pub fn of_union(scanner: &'a mut Scanner<'de>) -> Self {
        Self::new(scanner, Names::OfUnion(BTreeSet::new()))
    }

    pub fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Raised> {
        self.scanner.enter()?;
        let value = visitor.visit_map(&mut self)?;
        if self.last { Ok(value) } else { Err(Raised::unread()) }
    }

    /// Refuses the name that stands here if it stood before, and passes over the `kind` of a union, which has been read.
    fn passes_kind(&mut self) -> Result<bool, Raised> {
        let (names, of_union) = match &mut self.names {
            Names::Counted => return Ok(false),
            Names::Seen(names) => (names, false),
            Names::OfUnion(names) => (names, true),
        };
        let name = self.scanner.back_at(self.name).string()?;
        let is_kind = of_union && name == KIND;
        if let Some(name) = names.replace(name) {
            return Err(Raised::twice(&name));
        }
        if is_kind {
            self.scanner.string()?;
            self.scanner.colon()?;
            self.scanner.string()?;
        }
        Ok(is_kind)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Raised;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Raised> {
        while self.scanner.another(self.first, b'}')? {
            self.first = false;
            if self.scanner.peek() != Some(b'"') {
                return Err(self.scanner.broken(("带双引号的字段名", "the name of a member")));
            }
            self.name = self.scanner.at();
            if matches!(self.names, Names::Counted) || !self.passes_kind()? {
                let name = seed.deserialize(&mut *self.scanner)?;
                self.scanner.colon()?;
                return Ok(Some(name));
            }
        }
        self.last = true;
        Ok(None)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Raised> {
        let value = seed.deserialize(&mut *self.scanner);
        value.map_err(|refused| refused.within(&self.scanner.back_at(self.name).string().unwrap_or_default()))
    }
}

pub struct Items<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    index: usize,
    last: bool,
}

impl<'a, 'de> Items<'a, 'de> {
    pub fn of(scanner: &'a mut Scanner<'de>) -> Self {
        Self { scanner, index: 0, last: false }
    }

    pub fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Raised> {
        self.scanner.enter()?;
        let value = visitor.visit_seq(&mut self)?;
        // A tuple does not ask whether there is more than it takes.
        if self.last || !self.scanner.another(self.index == 0, b']')? {
            Ok(value)
        } else {
            Err(Raised::wrong(expected::elements(self.index)))
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Raised;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Raised> {
        if !self.scanner.another(self.index == 0, b']')? {
            self.last = true;
            return Ok(None);
        }
        let item = seed.deserialize(&mut *self.scanner);
        let item = item.map_err(|refused| refused.within(&self.index.to_string()))?;
        self.index += 1;
        Ok(Some(item))
    }
}
