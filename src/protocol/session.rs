//! What page and call say to each other: a few messages a second, one type for each direction.
//!
//! A message crosses as a flat array, its number first, then its fields in order. Both directions
//! are total: what cannot be read is `None`, never a trap.

use crate::error::{ErrorCode, ErrorReport};

/// One field of a message on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Left out.
    Nothing,
}

/// All that a call needs to know to connect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connect {
    /// Base of the token endpoint.
    pub api_url: String,
    /// Socket to use when the token's answer names none.
    pub wss_url: String,
    /// The embed's id.
    pub embed_id: String,
    /// The visitor's id.
    pub browser_id: String,
    /// Answer to the page's own bot challenge, if it supplies one.
    pub turnstile_token: Option<String>,
}

/// Page → session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionCommand {
    /// Get a token, and connect once there is sound.
    Connect(Connect),
    /// There is sound; the audio worklet's port travels beside it.
    Join,
    /// The visitor is done: say so, close, release.
    HangUp,
    /// The page is being left and releases the token itself: say so and close.
    Leave,
}

/// Session → page. Times are milliseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionUpdate {
    /// The session is up and listens.
    Ready,
    /// A token was granted; it must be released once.
    Granted,
    /// The agent answers.
    Started {
        /// When.
        at_ms: f64,
    },
    /// The agent says goodbye; the call is about to end.
    Ending,
    /// The call came to its end.
    Ended {
        /// When.
        at_ms: f64,
    },
    /// The call failed, before or after its start.
    Failed {
        /// Why.
        error: ErrorReport,
        /// When.
        at_ms: f64,
    },
    /// Something was said: the detail of `vocadesk:transcript`, in JSON.
    Transcript(String),
    /// The session releases the token now; nobody else needs to.
    Releasing,
    /// The call is over, and so much was dropped in it: socket frames that nobody could read, and from the
    /// twelfth bit on microphone packets that the socket could not take in time.
    Dropped(u32),
    /// Nothing is left to do: the socket is closed and the token released.
    Closed,
}

impl SessionCommand {
    /// The message as fields.
    pub fn into_fields(self) -> Vec<Field> {
        match self {
            Self::Connect(connect) => vec![
                Field::Number(1.0),
                Field::Text(connect.api_url),
                Field::Text(connect.wss_url),
                Field::Text(connect.embed_id),
                Field::Text(connect.browser_id),
                connect.turnstile_token.map_or(Field::Nothing, Field::Text),
            ],
            Self::HangUp => vec![Field::Number(2.0)],
            Self::Leave => vec![Field::Number(3.0)],
            Self::Join => vec![Field::Number(4.0)],
        }
    }

    /// Reads a message, or nothing where the fields are none of ours.
    pub fn from_fields(fields: Vec<Field>) -> Option<Self> {
        let mut fields = Fields(fields.into_iter());
        Some(match fields.kind()? {
            1 => Self::Connect(Connect {
                api_url: fields.text()?,
                wss_url: fields.text()?,
                embed_id: fields.text()?,
                browser_id: fields.text()?,
                turnstile_token: fields.text(),
            }),
            2 => Self::HangUp,
            3 => Self::Leave,
            4 => Self::Join,
            _ => return None,
        })
    }
}

impl SessionUpdate {
    /// The message as fields.
    pub fn into_fields(self) -> Vec<Field> {
        match self {
            Self::Ready => vec![Field::Number(1.0)],
            Self::Granted => vec![Field::Number(2.0)],
            Self::Started { at_ms } => vec![Field::Number(3.0), Field::Number(at_ms)],
            Self::Ending => vec![Field::Number(4.0)],
            Self::Ended { at_ms } => vec![Field::Number(5.0), Field::Number(at_ms)],
            Self::Failed { error, at_ms } => vec![
                Field::Number(6.0),
                Field::Number(at_ms),
                Field::Text(error.code.as_str().to_owned()),
                Field::Text(error.message),
            ],
            Self::Releasing => vec![Field::Number(7.0)],
            Self::Closed => vec![Field::Number(8.0)],
            Self::Transcript(detail) => vec![Field::Number(10.0), Field::Text(detail)],
            Self::Dropped(counts) => vec![Field::Number(9.0), Field::Number(counts.into())],
        }
    }

    /// Reads a message, or nothing where the fields are none of ours.
    pub fn from_fields(fields: Vec<Field>) -> Option<Self> {
        let mut fields = Fields(fields.into_iter());
        Some(match fields.kind()? {
            1 => Self::Ready,
            2 => Self::Granted,
            3 => Self::Started {
                at_ms: fields.number()?,
            },
            4 => Self::Ending,
            5 => Self::Ended {
                at_ms: fields.number()?,
            },
            6 => {
                let at_ms = fields.number()?;
                let code = ErrorCode::from_name(&fields.text()?);
                Self::Failed {
                    error: ErrorReport {
                        code,
                        message: fields.text()?,
                    },
                    at_ms,
                }
            }
            7 => Self::Releasing,
            8 => Self::Closed,
            9 => Self::Dropped(fields.number()? as u32),
            10 => Self::Transcript(fields.text()?),
            _ => return None,
        })
    }
}

/// Reads fields one by one.
struct Fields(std::vec::IntoIter<Field>);

impl Fields {
    fn number(&mut self) -> Option<f64> {
        match self.0.next()? {
            Field::Number(number) => Some(number),
            _ => None,
        }
    }

    fn kind(&mut self) -> Option<u32> {
        let kind = self.number()?;
        let whole = kind as u32;
        (f64::from(whole) == kind).then_some(whole)
    }

    fn text(&mut self) -> Option<String> {
        match self.0.next()? {
            Field::Text(text) => Some(text),
            _ => None,
        }
    }
}
