//! A trial, and where it is made. See `tests/README.md` for which promise is tried where.

use std::sync::Arc;

use support::engine::{Engine, Without};
use support::failure::Failure;
use support::stage::{Setting, Stage};

/// A trial's body, on its lane's runtime.
pub type Body = dyn Fn(&tokio::runtime::Runtime, &mut Stage) -> Result<(), Failure> + Send + Sync;

/// A check of the harness itself, or of a script: no browser.
pub type Check = (&'static str, fn() -> Result<(), Failure>);

/// All that Chromium can be refused: for [`Trial::also_without`].
pub const ANYTHING: &[Without] = &[Without::Wasm, Without::Worker, Without::Worklet];

/// What may run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// As many others as the machine has lanes.
    Any,
    /// One other that listens, and so does nothing for most of its time.
    OneThatListens,
    Nothing,
}

/// One promise, tried in a browser.
pub struct Trial {
    /// The promise: the function's name.
    pub sentence: &'static str,
    /// What it wants to find.
    pub setting: Setting,
    pub body: Arc<Body>,
    in_one_engine: bool,
    also_without: &'static [Without],
    pub beside: Beside,
    /// It leaves something behind in its browser, for this reason: nobody has that browser after it.
    pub own_browser: Option<&'static str>,
}

impl Trial {
    /// Use [`trial!`](crate::trial::trial), which takes the sentence from the function's name.
    pub fn new<F>(sentence: &'static str, setting: Setting, body: F) -> Self
    where
        F: AsyncFn(&mut Stage) -> Result<(), Failure> + Send + Sync + 'static,
    {
        let deadline = setting.deadline;
        let body = move |runtime: &tokio::runtime::Runtime, stage: &mut Stage| {
            let in_time = async { tokio::time::timeout(deadline, body(stage)).await };
            runtime.block_on(in_time).unwrap_or_else(|_| {
                Err(Failure(format!("the trial took longer than {deadline:?}")))
            })
        };
        Self {
            sentence,
            setting,
            body: Arc::new(body),
            in_one_engine: false,
            also_without: &[],
            beside: Beside::Any,
            own_browser: None,
        }
    }

    /// In Chromium alone: for this reason the others cannot differ.
    pub fn in_one_engine(mut self, _because: &'static str) -> Self {
        self.in_one_engine = true;
        self
    }

    /// Once more in a Chromium that has to do without one of these: part of the core that holds everywhere.
    pub fn also_without(mut self, refused: &'static [Without]) -> Self {
        self.also_without = refused;
        self
    }

    /// With nothing beside it, because of what it measures: a time that is judged to fractions of a second.
    pub fn alone(mut self, _because: &'static str) -> Self {
        self.beside = Beside::Nothing;
        self
    }

    /// With one beside it that listens, too, because of the sound that it compares: a browser that has no time loses some.
    pub fn listens(mut self, _because: &'static str) -> Self {
        self.beside = Beside::OneThatListens;
        self
    }

    /// In a browser that nobody has before or after it, because of what it leaves behind or has to find.
    pub fn own_browser(mut self, because: &'static str) -> Self {
        self.own_browser = Some(because);
        self
    }

    /// Whether it is made in this engine.
    pub fn is_for(&self, engine: &Engine) -> bool {
        match engine.without {
            Without::Nothing => !self.in_one_engine || engine.name == "chromium",
            refused => self.also_without.contains(&refused),
        }
    }
}

/// `trial!(function)` or `trial!(function, setting)`.
macro_rules! trial {
    ($body:ident) => {
        $crate::trial::trial!($body, ::support::stage::Setting::default())
    };
    ($body:ident, $setting:expr) => {
        $crate::trial::Trial::new(stringify!($body), $setting, $body)
    };
}
pub(crate) use trial;
