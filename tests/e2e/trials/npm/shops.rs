//! A shop in each framework, rendered by a server: calls on its components, and what becomes of them when they are unmounted or
//! the visitor goes to another page.

use holds::holds;

use super::visit::{Host, Kind, Shop, outlives_its_page, visit};
use super::{in_silence, serve, setting, tags};
use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use support::failure::{Failure, ensure};
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_shop_in_react_calls_unmounts_and_navigates, setting()),
        trial!(a_shop_in_vue_calls_unmounts_and_navigates, setting())
            .in_one_engine("plain DOM calls, the same code of ours; React is the witness in all"),
        trial!(a_shop_in_svelte_kit_calls_unmounts_and_navigates, setting())
            .in_one_engine("as Vue"),
        trial!(
            a_shop_that_next_renders_for_each_visitor_calls_unmounts_and_navigates,
            of_any_origin()
        )
        .in_one_engine("React again; what Next makes of the package is the same for all"),
        trial!(
            a_shop_that_next_has_rendered_ahead_calls_unmounts_and_navigates,
            setting()
        )
        .in_one_engine("as the other of Next"),
        trial!(a_call_in_a_layout_of_next_outlives_its_page, setting())
            .in_one_engine("as the other of Next"),
        trial!(
            a_shop_that_nuxt_renders_for_each_visitor_calls_unmounts_and_navigates,
            of_any_origin()
        )
        .in_one_engine("Vue again; what Nuxt makes of the package is the same for all"),
        trial!(
            a_shop_that_nuxt_has_rendered_ahead_calls_unmounts_and_navigates,
            setting()
        )
        .in_one_engine("as the other of Nuxt"),
        trial!(a_call_in_a_layout_of_nuxt_outlives_its_page, setting())
            .in_one_engine("as the other of Nuxt"),
        trial!(a_shop_in_astro_calls_unmounts_and_navigates, setting())
            .in_one_engine("React again, and a router that exchanges head and body"),
        trial!(
            an_element_in_a_page_of_astro_calls_and_ends_when_the_visitor_goes_on,
            setting()
        )
        .in_one_engine("as the other of Astro"),
        trial!(two_frameworks_on_one_page_share_the_script, setting())
            .in_one_engine("a tag and a promise on it, plain DOM"),
    ]
}

/// For a page whose host is not the gateway's site.
fn of_any_origin() -> Setting {
    let echo = Embed::new("emb_echo", AgentKind::Echo).origins(&["*"]);
    setting().config(|config| config.embed(echo))
}

const REACT: Kind = Kind {
    shop: "react",
    host: Host::Files("/react"),
    exchanges_head: false,
};
const VUE: Kind = Kind {
    shop: "vue",
    host: Host::Files("/vue"),
    exchanges_head: false,
};
const SVELTE_KIT: Kind = Kind {
    shop: "svelte",
    host: Host::Files(""),
    exchanges_head: false,
};
const NEXT_ON_ITS_SERVER: Kind = Kind {
    shop: "next",
    host: Host::Server("next-server"),
    exchanges_head: false,
};
const NEXT_RENDERED_AHEAD: Kind = Kind {
    shop: "next",
    host: Host::FilesOf("next-static"),
    exchanges_head: false,
};
const NUXT_ON_ITS_SERVER: Kind = Kind {
    shop: "nuxt",
    host: Host::Server("nuxt-server"),
    exchanges_head: false,
};
const NUXT_RENDERED_AHEAD: Kind = Kind {
    shop: "nuxt",
    host: Host::FilesOf("nuxt-static"),
    exchanges_head: false,
};
const ASTRO: Kind = Kind {
    shop: "astro",
    host: Host::FilesOf("astro"),
    exchanges_head: true,
};

#[holds("1.npm-components", "1.hydration", "1.destroy-ends-call")]
async fn a_shop_in_react_calls_unmounts_and_navigates(stage: &mut Stage) -> Result<(), Failure> {
    visit(stage, REACT).await
}

#[holds("1.npm-components")]
async fn a_shop_in_vue_calls_unmounts_and_navigates(stage: &mut Stage) -> Result<(), Failure> {
    visit(stage, VUE).await
}

#[holds("1.npm-components")]
async fn a_shop_in_svelte_kit_calls_unmounts_and_navigates(
    stage: &mut Stage,
) -> Result<(), Failure> {
    visit(stage, SVELTE_KIT).await
}

#[holds("1.npm-components", "1.hydration", "1.on-a-server")]
async fn a_shop_that_next_renders_for_each_visitor_calls_unmounts_and_navigates(
    stage: &mut Stage,
) -> Result<(), Failure> {
    visit(stage, NEXT_ON_ITS_SERVER).await
}

#[holds("1.npm-components", "1.hydration")]
async fn a_shop_that_next_has_rendered_ahead_calls_unmounts_and_navigates(
    stage: &mut Stage,
) -> Result<(), Failure> {
    visit(stage, NEXT_RENDERED_AHEAD).await
}

#[holds("1.npm-components", "1.hydration", "1.on-a-server")]
async fn a_shop_that_nuxt_renders_for_each_visitor_calls_unmounts_and_navigates(
    stage: &mut Stage,
) -> Result<(), Failure> {
    visit(stage, NUXT_ON_ITS_SERVER).await
}

#[holds("1.npm-components", "1.hydration")]
async fn a_shop_that_nuxt_has_rendered_ahead_calls_unmounts_and_navigates(
    stage: &mut Stage,
) -> Result<(), Failure> {
    visit(stage, NUXT_RENDERED_AHEAD).await
}

#[holds("1.npm-components", "1.hydration")]
async fn a_shop_in_astro_calls_unmounts_and_navigates(stage: &mut Stage) -> Result<(), Failure> {
    visit(stage, ASTRO).await
}

#[holds("1.npm-components")]
async fn an_element_in_a_page_of_astro_calls_and_ends_when_the_visitor_goes_on(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let (url, _server) = ASTRO.open(stage)?;
    stage.browser()?.goto(&url).await?;
    let element = "#astro-element";
    stage.state(element, "idle").await?;
    stage.good_call(element).await?;
    let shop = Shop {
        stage,
        shop: ASTRO.shop,
    };
    shop.goes_away_and_comes_back(element).await?;
    in_silence(stage).await
}

/// The layout is a server's component, which imports the button itself.
#[holds("1.npm-components")]
async fn a_call_in_a_layout_of_next_outlives_its_page(stage: &mut Stage) -> Result<(), Failure> {
    outlives_its_page(stage, NEXT_RENDERED_AHEAD).await
}

#[holds("1.npm-components")]
async fn a_call_in_a_layout_of_nuxt_outlives_its_page(stage: &mut Stage) -> Result<(), Failure> {
    outlives_its_page(stage, NUXT_RENDERED_AHEAD).await
}

#[holds("1.npm-once")]
async fn two_frameworks_on_one_page_share_the_script(stage: &mut Stage) -> Result<(), Failure> {
    let react = serve(stage, "react", "/react")?;
    let vue = serve(stage, "vue", "/vue")?;
    // Both heads, both roots.
    let (_, head) = vue.split_once("<head>").ok_or("no head")?;
    let (head, body) = head.split_once("</head>").ok_or("no end of the head")?;
    let body = body
        .replace("<body>", "")
        .replace("</body>", "")
        .replace("</html>", "");
    let modules: String = head
        .lines()
        .filter(|line| line.contains("type=\"module\""))
        .collect();
    let page = react.replace("</body>", &format!("{body}{modules}</body>"));
    let url = stage.gateway.site_page("/", &page, &[]);
    stage.browser()?.goto(&url).await?;
    for call in ["#react-call", "#vue-call"] {
        stage.state(call, "idle").await?;
        stage.good_call(call).await?;
    }
    ensure!(tags(stage).await? == 1, "not one tag");
    in_silence(stage).await
}
