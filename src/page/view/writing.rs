//! How the language of the texts is written, where that is not the page's own: direction and digits. Pure.

/// Which way a text runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left.
    RightToLeft,
}

impl Direction {
    /// As the attribute `dir` names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

/// The ten digits from 0 on, as a language writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits([char; 10]);

impl Digits {
    /// A number that has each digit once, in this order when it is read from its end.
    pub const ALL: f64 = 9_876_543_210.0;

    /// Reads how a browser has written [`Self::ALL`], with nothing between the digits; nothing where these are not ten.
    pub fn read(written: &str) -> Option<Self> {
        let digits: Vec<char> = written.chars().rev().collect();
        digits.try_into().ok().map(Self)
    }

    /// Writes a text of ours with these.
    pub fn write(&self, text: &str) -> String {
        let digit = |digit: char| {
            let value = digit
                .to_digit(10)
                .and_then(|value| usize::try_from(value).ok());
            value.and_then(|value| self.0.get(value).copied())
        };
        text.chars().map(|c| digit(c).unwrap_or(c)).collect()
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    }
}

/// How a view's texts are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Writing {
    /// The texts' language; nothing where they are English or the page's own.
    pub lang: Option<&'static str>,
    /// Their direction; nothing where the page's counts.
    pub direction: Option<Direction>,
    /// Of the clock.
    pub digits: Digits,
}
