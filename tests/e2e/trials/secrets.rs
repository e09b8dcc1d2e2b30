//! What passes between a visitor and an agent is nobody else's: token, browser id and words stand in no address
//! but the socket's own, no line of the console, no attribute, no event.

use holds::holds;
use serde_json::json;
use support::engine::Without;
use support::failure::{Failure, ensure};

use crate::trial::{Trial, trial};
use gateway::misbehave::{Act, Misbehave, TokenFault};
use gateway::{Answer, Record};
use support::page::Page;
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(what_a_call_knows_stands_in_no_address_console_attribute_or_event)
            .also_without(&[Without::Worker])
            .own_browser("reads the network log (stage.leave())"),
    ]
}

/// Shadow roots are remembered, closed ones too: what stands in them is looked at like the rest. Whatever any
/// element was given as an attribute meanwhile is kept.
const EYES: &str = r"<script>
  {
    const roots = new Set([document]);
    const seen = new Set();
    const look = (records) => {
      for (const { target, attributeName } of records) seen.add(target.getAttribute(attributeName) ?? '');
    };
    const watched = { attributes: true, subtree: true };
    new MutationObserver(look).observe(document, watched);
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (...given) {
      const root = attachShadow.apply(this, given);
      roots.add(root);
      new MutationObserver(look).observe(root, watched);
      return root;
    };
    window.attributes = () => {
      for (const root of roots) {
        for (const element of root.querySelectorAll('*')) {
          for (const { value } of element.attributes) seen.add(value);
        }
      }
      return [...seen].join('\n');
    };
    window.shadowRoots = () => roots.size - 1;
  }
</script>";

/// All that must not be seen.
fn secrets(record: &Record) -> Vec<String> {
    let mut secrets: Vec<String> = Vec::new();
    for grant in &record.tokens {
        secrets.extend([
            grant.token.clone(),
            grant.jti.clone(),
            grant.browser.clone(),
        ]);
    }
    for call in &record.calls {
        let words = call.transcripts.iter().map(|t| t.text.clone());
        secrets.extend(words.chain([call.id.clone()]));
    }
    secrets.retain(|secret| secret.len() > 5);
    secrets
}

#[holds("3.message-no-token")]
async fn what_a_call_knows_stands_in_no_address_console_attribute_or_event(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(EYES)).await?;
    // The parrot greets, and the greeting's words come as a transcript.
    stage.start_call("#call").await?;
    let greeted = |r: &Record| (!r.calls.first()?.transcripts.is_empty()).then_some(());
    stage
        .gateway
        .wait_for("the greeting's words", SOON, greeted)
        .await?;
    // The bar comes after the start: what stands in its root is looked at, too.
    stage.bar().await?;
    stage.heard_at_gateway(0, 10).await?;
    let live = stage.run("return attributes()").await?;
    stage.hang_up("#call").await?;
    // One that fails, after its token was granted.
    stage
        .gateway
        .misbehave(Misbehave::before_started(Act::Close(1011)));
    stage.fail_call("#call", "ws_failed").await?;
    stage.all_released().await?;
    // A refusal that repeats what it was asked.
    let id = stage.run("return localStorage.vocadesk_browser_id").await?;
    let id = id.as_str().ok_or("no browser id")?;
    let echo = json!({ "code": id, "message": format!("{id} is not welcome") });
    let refused = Answer::new(403, "application/json", echo.to_string());
    stage.gateway.misbehave(Misbehave {
        token: Some(TokenFault::Answer(refused)),
        ..Misbehave::default()
    });
    let error = stage.fail_call("#call", "token_failed").await?;
    ensure!(error.message().contains("is not welcome"), "{error:?}");

    let roots = stage.run("return shadowRoots()").await?;
    ensure!(roots == 1, "{roots} shadow roots were seen, not the bar's");
    let page = stage
        .run(
            "return [
               attributes(),
               JSON.stringify(__harness.events),
               location.href + document.cookie + document.title,
               JSON.stringify(performance.getEntries().map(({ name }) => name)),
               JSON.stringify(history.state),
             ].join('\\n')",
        )
        .await?;
    let mut places = vec![live.to_string(), page.to_string()];
    places.extend(stage.complaints().await?);
    let record = stage.gateway.record();
    places.extend(record.requests.iter().map(|r| r.path.clone()));
    let referrers = record.requests.iter().flat_map(|r| &r.headers);
    places.extend(
        referrers
            .filter(|(name, _)| name == "referer")
            .map(|(_, value)| value.clone()),
    );
    let socket = stage.gateway.wss_url();
    if let Some(requests) = stage.leave().await? {
        let asked = requests.into_iter().map(|r| r.url);
        places.extend(
            asked.filter(|url| !url.starts_with(&socket) && !url.starts_with(&as_http(&socket))),
        );
    }

    let secrets = secrets(&record);
    ensure!(
        secrets.len() >= 7,
        "only {} secrets to look for",
        secrets.len()
    );
    for secret in &secrets {
        let told = places.iter().find(|place| place.contains(secret.as_str()));
        ensure!(told.is_none(), "{secret} stands in {told:?}");
    }
    Ok(())
}

/// A proxy sees a socket's address with the scheme of HTTP.
fn as_http(socket: &str) -> String {
    socket.replacen("ws", "http", 1)
}
