//! The members of an object and the elements of an array.

use super::refused::Refused;
use super::scan::Scanner;
use super::union::KIND;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeSet;

pub struct Members<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    /// At the name of the present member: a refusal of its value asks for it.
    name: Scanner<'de>,
    first: bool,
    last: bool,
    /// The names so far, where no struct counts them.
    names: Option<BTreeSet<Cow<'de, str>>>,
    /// `kind` has been read before the others.
    of_union: bool,
}

impl<'a, 'de> Members<'a, 'de> {
    /// The members of a struct, which refuses one that comes twice.
    pub fn of(scanner: &'a mut Scanner<'de>) -> Self {
        Self { name: *scanner, scanner, first: true, last: false, names: None, of_union: false }
    }

    pub fn untyped(scanner: &'a mut Scanner<'de>) -> Self {
        Self { names: Some(BTreeSet::new()), ..Self::of(scanner) }
    }

    pub fn of_union(scanner: &'a mut Scanner<'de>) -> Self {
        Self { of_union: true, ..Self::untyped(scanner) }
    }

    pub fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        self.scanner.enter()?;
        let value = visitor.visit_map(&mut self)?;
        if self.last { Ok(value) } else { Err(Refused::unread()) }
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Refused> {
        while self.scanner.another(self.first, b'}')? {
            self.first = false;
            if self.scanner.peek() != Some(b'"') {
                return Err(self.scanner.broken("the name of a member"));
            }
            self.name = *self.scanner;
            if let Some(names) = &mut self.names {
                let name = { self.name }.string()?;
                let is_kind = self.of_union && name == KIND;
                if let Some(name) = names.replace(name) {
                    return Err(Refused::twice(&name));
                }
                if is_kind {
                    self.scanner.string()?;
                    self.scanner.colon()?;
                    self.scanner.string()?;
                    continue;
                }
            }
            let name = seed.deserialize(&mut *self.scanner)?;
            self.scanner.colon()?;
            return Ok(Some(name));
        }
        self.last = true;
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refused> {
        let value = seed.deserialize(&mut *self.scanner);
        value.map_err(|refused| refused.within(&{ self.name }.string().unwrap_or_default()))
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

    pub fn visit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Refused> {
        self.scanner.enter()?;
        let value = visitor.visit_seq(&mut self)?;
        // A tuple does not ask whether there is more than it takes.
        if self.last || !self.scanner.another(self.index == 0, b']')? {
            Ok(value)
        } else {
            Err(Refused::wrong(format!("{} elements are expected", self.index)))
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Refused> {
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
