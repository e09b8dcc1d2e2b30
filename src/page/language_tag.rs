//! Which of our languages a language tag (BCP 47) asks for. Pure.

/// What a tag asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// What the texts are in anyway.
    English,
    /// A language that there is a file of, by the file's tag.
    Ours(&'a str),
    /// None that we have, or no language at all.
    Unknown,
}

/// A language and the script that it is written in: texts in another script are none that its readers read.
struct Written<'a> {
    language: &'a str,
    script: &'a str,
    region: &'a str,
}

/// What a tag asks for, of the languages whose tags are `ours`. Of several regions the tag's own comes first.
pub fn find<'a>(tag: &str, ours: impl IntoIterator<Item = &'a str>) -> Asked<'a> {
    let tag = plain(tag);
    let asked = read(&tag);
    if asked.language == "en" {
        return Asked::English;
    }
    let mut found = Asked::Unknown;
    for name in ours {
        let own = plain(name);
        let own = read(&own);
        let is_same = own.language == asked.language && own.script == asked.script;
        if is_same && (found == Asked::Unknown || own.region == asked.region) {
            found = Asked::Ours(name);
        }
    }
    found
}

/// Java's way to write one is met as well.
fn plain(tag: &str) -> String {
    tag.trim_ascii().to_ascii_lowercase().replace('_', "-")
}

fn read(tag: &str) -> Written<'_> {
    let mut subtags = tag.split('-');
    let language = match subtags.next().unwrap_or_default() {
        // Names that have become others.
        "iw" => "he",
        "cmn" => "zh",
        language => language,
    };
    let (mut script, mut region) = ("", "");
    // Behind a single letter stands what is of no language: `u-nu-latn`, `x-ours`.
    for subtag in subtags.take_while(|subtag| subtag.len() > 1) {
        let is_script = subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_script && script.is_empty() && region.is_empty() {
            script = subtag;
        } else if region.is_empty() && is_region(subtag) {
            region = subtag;
        }
    }
    if script.is_empty() {
        script = usual_script(language, region);
    }
    Written {
        language,
        script,
        region,
    }
}

fn is_region(subtag: &str) -> bool {
    match subtag.len() {
        2 => subtag.bytes().all(|byte| byte.is_ascii_alphabetic()),
        3 => subtag.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

/// By the likely subtags of Unicode's CLDR, as far as we have languages that are written another way as well.
fn usual_script(language: &str, region: &str) -> &'static str {
    match (language, region) {
        ("zh", "tw" | "hk" | "mo") => "hant",
        ("zh", _) => "hans",
        ("ar", _) => "arab",
        ("he", _) => "hebr",
        ("hi", _) => "deva",
        ("ja", _) => "jpan",
        ("ko", _) => "kore",
        ("uk", _) => "cyrl",
        _ => "latn",
    }
}
