//! The languages of our texts: which one a host is in, how it comes, and what is told until it is there or where it never comes.

use holds::holds;
use serde_json::{Value, json};

use super::policies;
use crate::trial::{ANYTHING, Trial, trial};
use gateway::misbehave::Misbehave;
use gateway::{Answer, Gate, ListenerName};
use support::bar::{BarButton, OPEN_ROOTS};
use support::engine::Without;
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_host_is_in_the_language_of_its_option_its_attribute_or_what_it_stands_in),
        trial!(where_the_page_says_nothing_the_browsers_languages_count)
            .in_one_engine("which languages a browser prefers, Chromium alone can be told")
            .own_browser("its languages are others"),
        trial!(a_call_is_told_in_the_pages_language_and_its_labels_win).also_without(ANYTHING),
        trial!(a_language_from_right_to_left_turns_host_and_bar_around_and_has_digits_of_its_own),
        trial!(a_file_that_is_not_the_very_one_is_told_once_and_the_call_is_in_english)
            .also_without(&[Without::Wasm]),
        trial!(a_click_waits_for_no_language_and_what_comes_late_is_shown_at_once)
            .also_without(&[Without::Wasm]),
        trial!(a_language_comes_under_every_policy_and_where_its_hash_is_missing_it_is_english),
        trial!(a_page_in_english_and_one_that_draws_calls_itself_bring_no_language)
            .in_one_engine("what is asked for is ours"),
    ]
}

const TAGS: [&str; 16] = [
    "ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "nl", "pl", "pt-BR", "sv", "tr", "uk",
    "zh-Hans",
];

fn file_of(tag: &str) -> String {
    format!("vocadesk.lang-{tag}.js")
}

/// How often each language was asked for that was.
fn asked(stage: &Stage) -> Vec<(&'static str, usize)> {
    let record = stage.gateway.record();
    let times = |tag: &'static str| {
        let path = stage
            .release
            .script_path
            .replace("vocadesk.min.js", &file_of(tag));
        (tag, record.requests_to(ListenerName::Cdn, &path).count())
    };
    let all = TAGS.map(times).into_iter();
    all.filter(|(_, times)| *times > 0).collect()
}

/// A host with neither content nor label shows a text of ours from the first on.
fn bare(more: &str) -> String {
    format!(
        r#"<button {more} data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{{{API_URL}}}}"></button>"#
    )
}

/// Waits until a host is named so.
async fn is_named(stage: &Stage, host: &str, name: &str) -> Result<(), Failure> {
    let named = format!("{host}.getAttribute('aria-label') === {}", json!(name));
    let came = stage.until(&named, SOON).await;
    if let Err(Failure(why)) = came {
        let now = stage.run(&format!("return {host}.outerHTML")).await?;
        return Err(Failure(format!("{why}: {now}")));
    }
    Ok(())
}

const ENGLISH: &str = "Talk to us";

/// What a host stands in, with `@` in its place, what is written on it, and what it is named.
const AROUND: [(&str, &str, &str); 12] = [
    ("@", "", ENGLISH),
    ("<p lang='fr'>@</p>", "", "Parlez-nous"),
    ("<p lang='de-AT'><b>@</b></p>", "", "Mit uns sprechen"),
    ("<p lang='fr'><b lang='en-GB'>@</b></p>", "", ENGLISH),
    ("<p lang='zh-Hant-TW'>@</p>", "", ENGLISH),
    ("<p lang='zh-CN'>@</p>", "", "与我们通话"),
    ("<p lang='xx-unknown'>@</p>", "", ENGLISH),
    ("<p lang=' ><\u{0}'>@</p>", "", ENGLISH),
    (
        "<p lang='fr'>@</p>",
        "data-vocadesk-lang='it'",
        "Parla con noi",
    ),
    ("<p lang='fr'>@</p>", "data-vocadesk-lang='en'", ENGLISH),
    ("@", "lang='uk' data-vocadesk-lang=' '", "Поговорити з нами"),
    (
        "<form lang='pt'><input name='lang'><input name='getAttribute'>@</form>",
        "",
        "Fale conosco",
    ),
];

#[holds("1.option-lang", "1.option-over-attribute")]
async fn a_host_is_in_the_language_of_its_option_its_attribute_or_what_it_stands_in(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let hosts: String = AROUND
        .iter()
        .map(|(around, more, _)| around.replace('@', &bare(more)))
        .collect();
    let body = format!(
        "<main>{hosts}</main><section lang='ja'><div id='outer'></div></section>{}",
        bare("id='chosen' data-vocadesk-lang='pl'")
    );
    stage.open(&Page::default().body(body)).await?;
    stage.state("#chosen", "idle").await?;
    let mount = "
      const shadow = outer.attachShadow({ mode: 'open' });
      shadow.append(document.createElement('button'));
      window.inner = shadow.firstChild;
      Vocadesk.mount(inner, { embedId: 'emb_echo' });
      Vocadesk.mount(chosen, { lang: 'ko' });
      window.hosts = [...document.querySelectorAll('main button')]";
    stage.run(mount).await?;
    for (at, (around, _, name)) in AROUND.iter().enumerate() {
        let named = is_named(stage, &format!("hosts[{at}]"), name).await;
        named.map_err(|Failure(why)| Failure(format!("{around}: {why}")))?;
    }
    is_named(stage, "inner", "通話する").await?;
    is_named(stage, "chosen", "상담 통화하기").await?;
    // A translator's extension, or a page that changes its language without being left.
    stage.run("document.documentElement.lang = 'sv'").await?;
    is_named(stage, "hosts[0]", "Prata med oss").await?;
    stage
        .run("hosts[1].setAttribute('data-vocadesk-lang', 'nl')")
        .await?;
    is_named(stage, "hosts[1]", "Praat met ons").await?;
    stage.run("document.documentElement.lang = 'en'").await?;
    is_named(stage, "hosts[0]", ENGLISH).await?;
    let due = [
        "de", "fr", "it", "ja", "ko", "nl", "pl", "pt-BR", "sv", "uk", "zh-Hans",
    ];
    let due = due.map(|tag| (tag, 1));
    ensure!(asked(stage) == due, "{:?}", asked(stage));
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "the page saw {errors}");
    Ok(())
}

#[holds("1.option-lang")]
async fn where_the_page_says_nothing_the_browsers_languages_count(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (preferred, name) in [
        ("xx,tr-TR,de", "Bizimle konuşun"),
        ("en-GB,de", ENGLISH),
        ("xx,zh-TW", ENGLISH),
    ] {
        let agent = stage.run("return navigator.userAgent").await?;
        let how = json!({ "userAgent": agent, "acceptLanguage": preferred });
        let client = stage.browser()?.client();
        client
            .issue_cmd(Extension::devtools_with(
                "Emulation.setUserAgentOverride",
                how,
            ))
            .await?;
        let silent = "<script>document.documentElement.removeAttribute('lang')</script>";
        let page = Page::default().head(silent).body(bare("id='call'"));
        stage.open(&page).await?;
        stage.state("#call", "idle").await?;
        let has = stage.run("return String(navigator.languages)").await?;
        ensure!(has == preferred, "the browser prefers {has}");
        is_named(stage, "call", name).await?;
    }
    ensure!(asked(stage) == [("tr", 1)], "{:?}", asked(stage));
    Ok(())
}

/// Notes every name that a host has had.
const NAMES: &str = "
  window.names = [];
  new MutationObserver(() => names.push(call.getAttribute('aria-label')))
    .observe(call, { attributeFilter: ['aria-label'] });";

async fn was_named(stage: &Stage, name: &str) -> Result<(), Failure> {
    let names: Vec<Option<String>> = serde_json::from_value(stage.run("return names").await?)?;
    let found = names.iter().any(|known| known.as_deref() == Some(name));
    ensure!(found, "{name:?} is not among {names:?}");
    Ok(())
}

/// Once a language is there, its texts are: a host without words of its own shows that.
fn with_probe(more: &str, style: &str) -> String {
    let tag = format!("<button {more} style='{style}'");
    button("call", "emb_echo").replace("<button", &tag) + &bare(&format!("id='probe' {more}"))
}

#[holds("1.option-lang", "1.option-labels")]
async fn a_call_is_told_in_the_pages_language_and_its_labels_win(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default()
        .head(OPEN_ROOTS)
        .body(format!("<main lang='de'>{}</main>", with_probe("", "")));
    stage.open(&page).await?;
    is_named(stage, "probe", "Mit uns sprechen").await?;
    let labels = r#"{ in_call: "Am Apparat", mute: "Pst", unmuted: 7, end: " " }"#;
    stage
        .run(&format!(
            "{NAMES} Vocadesk.mount(call, {{ labels: {labels} }})"
        ))
        .await?;
    stage.start_call("#call").await?;
    was_named(stage, "Auflegen, Am Apparat").await?;
    stage.bar().await?;
    let bar = "return [theBar().lang, theBar().dir, theBar().getAttribute('aria-label'),
      ...[...theBar().shadowRoot.querySelectorAll('button')].map((button) => button.title)]";
    let bar = stage.run(bar).await?;
    let due = json!([
        "de",
        "ltr",
        "Anruf",
        "Pst",
        "Untertitel anzeigen",
        "Toneinstellungen",
        "Auflegen"
    ]);
    ensure!(bar == due, "{bar}");
    stage.press_in_bar(BarButton::Mute).await?;
    let said = "inBar('[role=status]').textContent === 'Mikrofon stumm' || inBar('button').title === 'Mikrofon einschalten'";
    stage.until(said, SOON).await?;
    let aloud = "[...document.querySelectorAll('[role=status]')].some((it) => it.lang === 'de' && it.textContent === 'Am Apparat')";
    stage.until(aloud, SOON).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    stage
        .until(
            "names.includes('Anruf beendet, drücken für neuen Anruf')",
            SOON,
        )
        .await?;
    stage
        .gateway
        .misbehave(Misbehave::token_status(503, "busy"));
    stage.fail_call("#call", "token_failed").await?;
    stage
        .until(
            "names.includes('Anrufe sind hier gerade nicht möglich')",
            SOON,
        )
        .await?;
    // What is for developers is in English.
    let errors =
        "return [__harness.errors, __harness.events.at(-2).detail, __harness.events.at(-1).detail]";
    let told = stage.run(errors).await?;
    ensure!(told[0] == json!([]), "{told}");
    ensure!(asked(stage) == [("de", 1)], "{:?}", asked(stage));
    Ok(())
}

async fn a_language_from_right_to_left_turns_host_and_bar_around_and_has_digits_of_its_own(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wide = "width: 340px; height: 40px; font-size: 16px";
    let page = Page::default()
        .head(OPEN_ROOTS)
        .body(with_probe("data-vocadesk-lang='ar-EG'", wide));
    stage.open(&page).await?;
    is_named(stage, "probe", "تحدّث إلينا").await?;
    let before = stage
        .run("return JSON.stringify(call.getBoundingClientRect())")
        .await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    stage
        .until("/^[٠-٩]:[٠-٩]{2}$/.test(inBar('.time').textContent)", SOON)
        .await?;
    let bar = stage.run("return [theBar().lang, theBar().dir]").await?;
    ensure!(bar == json!(["ar", "rtl"]), "{bar}");
    stage.hang_up("#call").await?;
    // How long it was.
    stage
        .until("call.dataset.vocadeskParts?.includes('time4')", SOON)
        .await?;
    let host = "const parts = getComputedStyle(call, '::before');
      const { vocadeskParts, vocadeskDrawn } = call.dataset;
      return [getComputedStyle(call).direction, parts.direction, vocadeskParts.split(' ').filter((part) => /rtl|time/.test(part)),
        /[٠-٩]:[٠-٩]{2}/.test(vocadeskDrawn), JSON.stringify(call.getBoundingClientRect())]";
    let host = stage.run(host).await?;
    let due = json!(["ltr", "rtl", ["time4", "rtl"], true, before]);
    ensure!(host == due, "{host}, not {due}");
    stage.all_released().await?;
    // However long a page's own words are, the button keeps its size and the call can be ended.
    let mount = "Vocadesk.mount(call, { labels: { live: 'نهاية '.repeat(100), connecting: 'م'.repeat(500) } })";
    stage.run(mount).await?;
    stage.start_call("#call").await?;
    let same = stage
        .run("return JSON.stringify(call.getBoundingClientRect())")
        .await?;
    ensure!(same == before, "{same}, not {before}");
    stage.hang_up("#call").await?;
    // The other way round: words from left to right in a page from right to left.
    let page = Page::default()
        .head("<script>document.documentElement.dir = 'rtl'</script>".to_owned() + OPEN_ROOTS)
        .body(with_probe("data-vocadesk-lang='de'", wide));
    stage.open(&page).await?;
    is_named(stage, "probe", "Mit uns sprechen").await?;
    stage.start_call("#call").await?;
    stage.bar().await?;
    let turned = "return [theBar().dir, getComputedStyle(call, '::before').direction]";
    let turned = stage.run(turned).await?;
    ensure!(turned == json!(["ltr", "ltr"]), "{turned}");
    stage.hang_up("#call").await.map(drop)
}

/// One in which nothing is missing but the language.
async fn english_call(stage: &Stage) -> Result<(), Failure> {
    stage.run(NAMES).await?;
    stage.good_call("#call").await?;
    was_named(stage, "End call, In a call").await?;
    is_named(stage, "probe", ENGLISH).await
}

async fn a_file_that_is_not_the_very_one_is_told_once_and_the_call_is_in_english(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let file = file_of("zh-Hans");
    let (path, right) = stage.release.file(&file)?;
    let elsewhere = path.replace("zh-Hans", "elsewhere");
    let put = |path: &str, answer| stage.gateway.cdn_override(path, Some(answer));
    let script = |bytes: &[u8]| Answer::new(200, "text/javascript", bytes);
    let tampered = [&right[..], b"window.tampered = true;\n"].concat();
    put(&elsewhere, script(&tampered));
    for answer in [
        script(&tampered),
        script(&right[..right.len() - 1]),
        Answer::new(404, "text/plain", "no such file"),
        Answer::html("<!doctype html><title>All is well</title>"),
        Answer::new(302, "text/plain", "").header("location", &elsewhere),
    ] {
        put(&path, answer);
        let page = Page::default().body(format!("<main lang='zh'>{}</main>", with_probe("", "")));
        stage.open(&page).await?;
        let told = format!(
            "__harness.said.filter(({{ level, message }}) => level === 'INFO' && message.startsWith('Vocadesk: http') && message.includes('{file}')).length"
        );
        stage.until(&told, SOON).await?;
        english_call(stage).await?;
        let now = format!(
            "return [{told}, Vocadesk.mount(call).diagnostics().missing.includes('{file}'), typeof tampered, __harness.errors]"
        );
        let now = stage.run(&now).await?;
        ensure!(now == json!([1, true, "undefined", []]), "{now}");
    }
    // On the next page the right one is there, whatever is in a cache.
    put(&path, script(&right));
    let page = Page::default().body(format!("<main lang='zh'>{}</main>", with_probe("", "")));
    stage.open(&page).await?;
    is_named(stage, "probe", "与我们通话").await
}

async fn a_click_waits_for_no_language_and_what_comes_late_is_shown_at_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (path, bytes) = stage.release.file(&file_of("es"))?;
    let gate = Gate::shut();
    let held = Answer::new(200, "text/javascript", bytes).held(&gate);
    stage.gateway.cdn_override(&path, Some(held));
    let page = Page::default()
        .head(OPEN_ROOTS)
        .body(format!("<main lang='es-MX'>{}</main>", with_probe("", "")));
    // A script that is on its way would hold up the page's own `load`.
    stage.open_then_load(&page).await?;
    stage.state("#call", "idle").await?;
    is_named(stage, "probe", ENGLISH).await?;
    stage.start_call("#call").await?;
    is_named(stage, "call", "End call, In a call").await?;
    // It has waited for its words, and then goes without.
    stage.bar().await?;
    let title = "return inBar('button').title";
    let english = stage.run(title).await?;
    ensure!(english == "Mute microphone", "{english}");
    gate.open();
    is_named(stage, "call", "Colgar, En llamada").await?;
    is_named(stage, "probe", "Hable con nosotros").await?;
    let same = stage.run(title).await?;
    ensure!(same == english, "the bar's words have changed to {same}");
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    // Of a language that has come nobody waits again.
    stage.start_call("#call").await?;
    stage.bar().await?;
    let spanish = stage.run(title).await?;
    ensure!(spanish == "Silenciar micrófono", "{spanish}");
    stage.hang_up("#call").await?;
    let errors = stage.run("return __harness.errors").await?;
    ensure!(errors == json!([]), "the page saw {errors}");
    Ok(())
}

#[holds("1.option-lang")]
async fn a_language_comes_under_every_policy_and_where_its_hash_is_missing_it_is_english(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let hash = stage.release.integrity_of(&file_of("de"))?;
    for cell in policies::cells() {
        let policy = policies::header_of(stage, cell);
        let names_hashes = cell.policy.contains("HASHES");
        let known = policy.replace("'sha384", &format!("'{hash}' 'sha384"));
        let mut cases = vec![(
            policy.clone(),
            if names_hashes {
                ENGLISH
            } else {
                "Mit uns sprechen"
            },
        )];
        if names_hashes {
            cases.push((known, "Mit uns sprechen"));
        }
        for (policy, name) in cases {
            let body = format!("<main lang='de'>{}</main>", with_probe("", ""));
            let page = Page::default().nonce(cell.nonce).body(body);
            let page = match policy.as_str() {
                "" => page,
                policy => page.header("content-security-policy", policy),
            };
            stage.open(&page).await?;
            let failed = |Failure(why)| Failure(format!("{}: {why}", cell.name));
            stage.state("#probe", "idle").await.map_err(failed)?;
            is_named(stage, "probe", name).await.map_err(failed)?;
            // WebKit has refused the wasm without a word: this is the first that it tells of.
            let told =
                "return __harness.violations.filter((it) => it.includes('vocadesk.lang')).length";
            let told = stage.run(told).await?.as_u64().unwrap_or(u64::MAX);
            let most = u64::from(name == ENGLISH && stage.engine.family == "webkit");
            ensure!(told <= most, "{}: {told} violations", cell.name);
        }
    }
    Ok(())
}

async fn a_page_in_english_and_one_that_draws_calls_itself_bring_no_language(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for more in [
        "",
        "lang='de' data-vocadesk-ui='none'",
        "lang='ar' data-vocadesk-lang='en-US'",
    ] {
        let body = button("call", "emb_echo").replace("<button", &format!("<button {more}"));
        stage.open(&Page::default().body(body)).await?;
        stage.state("#call", "idle").await?;
        stage.good_call("#call").await?;
        ensure!(asked(stage).is_empty(), "{more}: {:?}", asked(stage));
    }
    // A page view without a button, in whatever language, neither.
    let page = Page::default().body("<main lang='de'></main>");
    stage.open(&page.script(Placement::EndOfBody)).await?;
    stage.until("window.Vocadesk", SOON).await?;
    ensure!(asked(stage).is_empty(), "{:?}", asked(stage));
    let said: Value = stage.run("return __harness.errors").await?;
    ensure!(said == json!([]), "{said}");
    Ok(())
}
