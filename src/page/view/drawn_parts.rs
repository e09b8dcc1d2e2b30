//! What is drawn of a call's state by pseudo-elements: one text, and what stands around it. Pure.

use super::view_model::ViewModel;

/// The room that a host has, in its own font's size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// From edge to edge, without the border.
    pub width_em: f64,
    /// The same from top to bottom.
    pub height_em: f64,
}

/// Up to here a host has no level meter. These widths hold half a letter on either side.
const NO_METER_EM: f64 = 15.0;
/// And up to here it keeps what matters most: in a call the sign and the time, or the words where there is none; afterwards
/// the words.
const NARROW_EM: f64 = 11.0;
const NO_TIME_EM: f64 = 5.0;
const ONE_LINE_EM: f64 = 2.0;

/// What our stylesheet goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// The words, and the time behind them.
    pub text: String,
    /// In a call: names of parts, each after a space.
    pub parts: Option<String>,
}

impl Drawn {
    /// A text without anything else.
    pub fn only(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            parts: None,
        }
    }

    /// Adds the name of a part.
    pub fn add(&mut self, part: &str) {
        if let Some(parts) = &mut self.parts {
            parts.push(' ');
            parts.push_str(part);
        }
    }

    /// Whether the level meter is among its parts.
    pub fn has_meter(&self) -> bool {
        let parts = self.parts.as_deref();
        parts.is_some_and(|parts| parts.contains("meter"))
    }
}

/// Half as wide as a letter is high: what is between two parts.
const GAP: &str = "\u{2002}";

/// How much of it is drawn, where words are long: each is less than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum Amount {
    /// All that the room allows.
    All,
    /// Without the meter.
    NoMeter,
    /// As on a narrow host, and the time is not beside words.
    Least,
}

/// What to draw in a call. Words and a time beside them are isolated from each other: each keeps its own direction, and the
/// time stands behind the words in the page's.
pub fn compose(view: &ViewModel, words: &str, room: Room, amount: Amount) -> Drawn {
    let is = |state| view.state == state;
    let narrow = room.width_em <= NARROW_EM || amount == Amount::Least;
    let no_time = room.width_em <= NO_TIME_EM
        || narrow && is("ended")
        || amount == Amount::Least && is("ending");
    let time = if no_time { String::new() } else { view.time() };
    let no_words = is("live") && (narrow && !time.is_empty() || no_time || amount == Amount::Least);
    let words = if no_words { "" } else { words };
    let gap = |there| if there { GAP } else { "" };
    let text = match (words, time.as_str()) {
        ("", time) => format!("{}{time}", gap(!time.is_empty())),
        (words, "") => format!("{}{words}", gap(is("live"))),
        (words, time) => format!(
            "{}\u{2068}{words}\u{2069}{GAP}\u{2066}{time}\u{2069}",
            gap(is("live"))
        ),
    };
    let has_meter = view.meter && room.width_em > NO_METER_EM && amount == Amount::All;
    let mut drawn = Drawn {
        text,
        parts: Some(String::new()),
    };
    for (is_shown, part) in [
        (is("live"), "sign"),
        (has_meter, "meter"),
        (view.busy, "wait"),
        (is("error"), "error"),
        (is("error") && room.height_em > ONE_LINE_EM, "lines"),
        (
            !time.is_empty(),
            &format!("row time{}", time.chars().count()),
        ),
    ] {
        if is_shown {
            drawn.add(part);
        }
    }
    drawn
}
