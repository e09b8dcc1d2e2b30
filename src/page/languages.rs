//! The languages of our texts besides English: which one a host is in, and the file that has its texts, brought when the first
//! host needs it. Until it is there the texts are English, and so they stay where it never comes.

use super::language_tag::{Asked, find};
use super::realms::Realms;
use super::view::writing::{Digits, Direction, Writing};
use super::window::window;
use crate::browser::promise::{settle, timeout};
use crate::browser::value::parse_object;
use crate::browser::{by_prototype, member};
use js_sys::{Array, Number, Promise, Reflect};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, ShadowRoot};

/// Tags with the hashes of their files, `de=sha384-… fr=sha384-…`: `scripts/build` knows them. A build without has English alone.
const OURS: Option<&str> = option_env!("VOCADESK_LANGUAGES");

/// What cannot change its texts any more waits no longer for them.
const WAIT_MS: f64 = 3_000.0;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Number)]
    type Localized;

    /// By `Intl`. Throws where the locale is none.
    #[wasm_bindgen(catch, method, js_name = toLocaleString)]
    fn to_locale_string(this: &Localized, locale: &str, how: &JsValue) -> Result<JsValue, JsValue>;
}

thread_local! {
    static PAGE: OnceCell<Languages> = const { OnceCell::new() };
}

/// What one page has asked for.
struct Languages {
    realms: Realms,
    arrived: Box<dyn Fn()>,
    files: RefCell<Vec<Rc<File>>>,
}

/// One language's, brought once for each page.
struct File {
    name: &'static str,
    brought: Promise,
    /// What it says: `{ lang, dir, texts }`.
    contents: OnceCell<JsValue>,
}

/// From now on languages are brought; `arrived` is called whenever one is there.
pub fn start(realms: &Realms, arrived: impl Fn() + 'static) {
    let languages = Languages {
        realms: realms.clone(),
        arrived: Box::new(arrived),
        files: RefCell::default(),
    };
    PAGE.with(|page| drop(page.set(languages)));
}

/// A language that we have a file of, which is there or on its way.
#[derive(Clone)]
pub struct Language {
    file: Rc<File>,
    /// As the page or the browser has written it: a region may have digits of its own.
    tag: String,
}

impl Language {
    /// The language of a host: of the tag that it was given, of what it stands in, or, where the page says nothing, the
    /// first of the browser's that we have. Nothing where that is English, or one that we have not.
    pub fn of(tag: Option<String>, host: &Element) -> Option<Self> {
        let tags = match tag.or_else(|| named_around(host)) {
            Some(tag) => vec![tag],
            None => of_browser(),
        };
        for tag in tags {
            match find(&tag, ours().map(|(name, _)| name)) {
                Asked::Unknown => {}
                Asked::English => return None,
                Asked::Ours(name) => {
                    let file = PAGE.with(|page| page.get()?.file(name))?;
                    return Some(Self { file, tag });
                }
            }
        }
        None
    }

    /// Fulfilled once its texts are there, will not come, or are not waited for any longer.
    pub async fn settled(&self) {
        timeout(WAIT_MS, settle(&self.file.brought)).await;
    }

    /// A text by its key, if it is there.
    pub fn text(&self, key: &str) -> Option<String> {
        let texts = Reflect::get(self.file.contents.get()?, &"texts".into()).ok()?;
        member::text(&texts, key)
    }

    /// All of them, as the call bar takes them: `{ lang, dir, texts }`, or undefined.
    pub fn for_bar(&self) -> JsValue {
        self.file.contents.get().cloned().unwrap_or_default()
    }

    /// How it is written, once its texts are there.
    pub fn writing(&self) -> Writing {
        let Some(contents) = self.file.contents.get() else {
            return Writing::default();
        };
        let is_rtl = member::is(contents, "dir", Direction::RightToLeft.as_str());
        Writing {
            lang: Some(self.file.name),
            direction: Some(if is_rtl {
                Direction::RightToLeft
            } else {
                Direction::LeftToRight
            }),
            digits: digits(&self.tag),
        }
    }
}

impl Languages {
    fn file(&self, name: &'static str) -> Option<Rc<File>> {
        let files = self.files.borrow();
        let known = files.iter().find(|file| file.name == name).cloned();
        drop(files);
        known.or_else(|| self.bring(name))
    }

    fn bring(&self, name: &'static str) -> Option<Rc<File>> {
        let (_, integrity) = ours().find(|(ours, _)| *ours == name)?;
        let url = format!("vocadesk.lang-{name}.js");
        let file = Rc::new(File {
            name,
            brought: self.realms.bring_texts(&url, integrity),
            contents: OnceCell::new(),
        });
        self.files.borrow_mut().push(file.clone());
        let on_its_way = file.clone();
        spawn_local(async move {
            if let Ok(contents) = settle(&on_its_way.brought).await
                && contents.is_object()
                && on_its_way.contents.set(contents).is_ok()
            {
                PAGE.with(|page| page.get().map(|page| (page.arrived)()));
            }
        });
        Some(file)
    }
}

fn ours() -> impl Iterator<Item = (&'static str, &'static str)> {
    let ours = OURS.unwrap_or_default().split_ascii_whitespace();
    ours.filter_map(|entry| entry.split_once('='))
}

/// The nearest `lang`, past the ends of shadow roots. One that is empty says that nobody knows.
fn named_around(host: &Element) -> Option<String> {
    let mut element = host.clone();
    loop {
        if let Ok(Some(found)) = element.closest("[lang]") {
            return by_prototype::lang(&found).filter(|tag| !tag.trim_ascii().is_empty());
        }
        let root = element.get_root_node();
        element = root.dyn_ref::<ShadowRoot>()?.host();
    }
}

/// Those that the visitor prefers, the first one first.
fn of_browser() -> Vec<String> {
    let languages = Reflect::get(&window().navigator(), &"languages".into());
    let languages = languages.unwrap_or_default().dyn_into::<Array>();
    let languages = languages.map(|languages| languages.to_vec());
    let texts = languages.unwrap_or_default().into_iter();
    texts.filter_map(|tag| tag.as_string()).collect()
}

fn digits(locale: &str) -> Digits {
    let how = parse_object(&r#"{"useGrouping":false}"#.into()).unwrap_or_default();
    let number = Number::from(Digits::ALL);
    let number = number.unchecked_ref::<Localized>();
    let written = number.to_locale_string(&locale.replace('_', "-"), &how);
    let written = written.ok().and_then(|written| written.as_string());
    written
        .and_then(|written| Digits::read(&written))
        .unwrap_or_default()
}
