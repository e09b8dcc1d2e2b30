//! One member of an object that somebody else has written. Pure.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Of a longer list or object the rest is not read.
const MOST_NESTED: usize = 16;

/// A text, a number, a list or an object of these, or nothing that we read: a member of another kind counts as missing, and
/// does not spoil the members beside it, as a derived `Option<String>` would.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Member {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A list; what is nested in there any deeper counts as missing.
    List(Vec<Member>),
    /// An object, and so do its members.
    Object(Vec<(String, Member)>),
    /// Missing, or of another kind.
    #[default]
    None,
}

impl Member {
    /// The text, if it is one.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, if it is one and not empty.
    pub fn filled(self) -> Option<String> {
        self.text().filter(|text| !text.is_empty())
    }

    /// The number, if it is a whole one from 0 to `most`.
    pub fn count(&self, most: u64) -> Option<u64> {
        match *self {
            Self::Number(number) if number >= 0.0 && number <= most as f64 => {
                let whole = number as u64;
                (whole as f64 == number).then_some(whole)
            }
            _ => None,
        }
    }

    /// Whether it is a list that has this text.
    pub fn lists(&self, wanted: &str) -> bool {
        let is_wanted = |item: &Self| matches!(item, Self::Text(text) if text == wanted);
        matches!(self, Self::List(items) if items.iter().any(is_wanted))
    }

    /// The member with this name, if it is an object that has one.
    pub fn member(&self, wanted: &str) -> Self {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == wanted)
                .map_or(Self::None, |(_, member)| member.clone()),
            _ => Self::None,
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyKind { is_nested: false })
    }
}

/// Reads one level below a frame's own members and no more: of lists in lists in lists a stack would run over.
struct AnyKind {
    is_nested: bool,
}

impl<'de> DeserializeSeed<'de> for AnyKind {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Member, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyKind {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Member, E> {
        Ok(Member::Text(text))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Member, E> {
        Ok(Member::Number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Member, E> {
        Ok(Member::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Member, E> {
        Ok(Member::Number(number as f64))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Member, E> {
        Ok(Member::None)
    }

    fn visit_unit<E: Error>(self) -> Result<Member, E> {
        Ok(Member::None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Member, A::Error> {
        let mut list = Vec::new();
        while !self.is_nested
            && list.len() < MOST_NESTED
            && let Some(item) = items.next_element_seed(AnyKind { is_nested: true })?
        {
            list.push(item);
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Member, A::Error> {
        let mut object = Vec::new();
        while !self.is_nested
            && object.len() < MOST_NESTED
            && let Some(name) = members.next_key()?
        {
            object.push((name, members.next_value_seed(AnyKind { is_nested: true })?));
        }
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Object(object))
    }
}
