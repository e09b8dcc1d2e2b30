//! Hosts on pages that a server has rendered and a framework then makes its own, in React 19 and 18.3, Vue and Svelte: what
//! we add to a host is not there to be found, before a call or in one.

use holds::holds;
use serde_json::{Value, json};
use std::time::Duration;

use crate::trial::{Trial, trial};
use crate::trials::frameworks::built;
use gateway::Answer;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::{Setting, Stage};
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    // The first of all that need them builds the frameworks.
    let setting = Setting {
        deadline: Duration::from_secs(480),
        ..Setting::default()
    };
    vec![
        trial!(react_hydrates_its_hosts, setting.clone()),
        trial!(react_before_hydrates_its_hosts, setting.clone()).in_one_engine(
            "the algorithm is React's, over plain DOM calls; React 19 is the witness in all",
        ),
        trial!(vue_hydrates_its_hosts, setting.clone()).in_one_engine("as React 18"),
        trial!(svelte_hydrates_its_hosts, setting).in_one_engine("as React 18"),
    ]
}

#[holds("1.hydration")]
async fn react_hydrates_its_hosts(stage: &mut Stage) -> Result<(), Failure> {
    hydrates(stage, "react").await
}

#[holds("1.hydration")]
async fn react_before_hydrates_its_hosts(stage: &mut Stage) -> Result<(), Failure> {
    hydrates(stage, "react-18").await
}

#[holds("1.hydration")]
async fn vue_hydrates_its_hosts(stage: &mut Stage) -> Result<(), Failure> {
    hydrates(stage, "vue").await
}

#[holds("1.hydration")]
async fn svelte_hydrates_its_hosts(stage: &mut Stage) -> Result<(), Failure> {
    hydrates(stage, "svelte").await
}

const PAGE: &str = r#"<main id="main"></main>
<script>
  window.apiUrl = "{{API_URL}}";
  window.host = (name) => document.querySelector(`[data-name="${name}"] [data-vocadesk-embed]`);
  // As the server has sent it.
  window.send = async (name) => {
    const root = document.createElement("section");
    root.dataset.name = name;
    root.innerHTML = await hydration.html(name);
    main.append(root);
  };
  // What the framework says of it; and whether it has kept the element and what is around it.
  window.hydrated = async (name) => {
    const root = document.querySelector(`[data-name="${name}"]`);
    const before = [...root.querySelectorAll("p, [data-vocadesk-embed]")];
    const errors = await hydration.hydrate(name, root);
    const kept = before.every((element) => element.isConnected);
    return [...errors, ...(kept ? [] : ["replaced"])];
  };
</script><script src="/library.js"></script>"#;

async fn hydrates(stage: &Stage, framework: &str) -> Result<(), Failure> {
    let script = Answer::new(
        200,
        "text/javascript",
        built(&format!("hydration-{framework}"))?,
    );
    stage.gateway.site_answer("/library.js", script);
    stage.open(&Page::default().body(PAGE)).await?;
    let names = stage.run("return hydration.names").await?;
    let names: Vec<&str> = names
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    ensure!(names.len() > 9, "{names:?}");
    let asked = async |what: &str, name: &str| {
        let script = format!("{what}('{name}').then(arguments[0])");
        stage.browser()?.run_async(&script, Vec::new()).await
    };
    let mut wrong = Vec::new();
    // Sent and made its own at once, before anything of ours has looked; and once it is bound.
    for bound_first in [false, true] {
        stage.run("main.replaceChildren()").await?;
        for name in &names {
            asked("send", name).await?;
            let idle = format!(
                "host('{name}').dataset.vocadeskState === 'idle' && host('{name}').offsetHeight > 0"
            );
            if bound_first {
                stage.until(&idle, SOON).await?;
            }
            let said = asked("hydrated", name).await?;
            stage.until(&idle, SOON).await?;
            if said != json!([]) {
                wrong.push(format!("{name}, bound first {bound_first}: {said}"));
            }
        }
    }
    stage.run("main.replaceChildren()").await?;
    for name in names {
        asked("send", name).await?;
        let host = format!("[data-name={name}] [data-vocadesk-embed]");
        stage.state(&host, "idle").await?;
        stage.start_call(&host).await?;
        let said = asked("hydrated", name).await?;
        if said != json!([]) {
            wrong.push(format!("{name}, in a call: {said}"));
            continue;
        }
        stage.state(&host, "live").await?;
        stage.hang_up(&host).await?;
        stage.all_released().await?;
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
