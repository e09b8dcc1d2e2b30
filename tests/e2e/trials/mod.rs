//! Every trial. A file for each subject; each lists its own.

mod audio_path;
mod background;
mod bad_input;
mod bad_mounts;
mod bar;
mod bar_script;
mod broken_page;
mod call;
mod catching_up;
mod chaos;
mod clobbering;
mod concurrency;
mod deadlines;
mod demo;
mod devices;
mod early_token;
mod ends;
mod failures;
mod far_agent;
mod foreign_markup;
mod frameworks;
mod handles;
mod harness;
mod history;
mod host_headers;
mod hosting;
mod hosts;
mod integrity;
mod kept_sound;
mod languages;
mod leaks;
mod life;
mod loading;
mod lost_lines;
mod manners;
mod microphones;
mod mounting;
mod npm;
mod options;
mod opus;
mod outages;
mod own_ui;
mod patched_pages;
mod placement;
mod playground;
mod policies;
mod prototypes;
mod real_pages;
mod realms_that_die;
mod refusals;
mod secrets;
mod silent_microphones;
mod sockets;
mod sound;
mod states;
mod surroundings;
mod theme;
mod transcripts;
mod wire_over_tls;
mod words;

use crate::trial::{Check, Trial};

/// All that need a browser; or those with a real agent at the far end, where one is there.
pub fn all() -> Vec<Trial> {
    if far_agent::is_wanted() {
        return far_agent::trials();
    }
    [
        call::trials(),
        opus::trials(),
        outages::trials(),
        catching_up::trials(),
        chaos::trials(),
        microphones::trials(),
        devices::trials(),
        silent_microphones::trials(),
        kept_sound::trials(),
        early_token::trials(),
        refusals::trials(),
        sockets::trials(),
        states::trials(),
        deadlines::trials(),
        failures::trials(),
        lost_lines::trials(),
        background::trials(),
        broken_page::trials(),
        bad_input::trials(),
        bad_mounts::trials(),
        ends::trials(),
        mounting::trials(),
        options::trials(),
        handles::trials(),
        own_ui::trials(),
        transcripts::trials(),
        words::trials(),
        languages::trials(),
        bar_script::trials(),
        life::trials(),
        concurrency::trials(),
        clobbering::trials(),
        history::trials(),
        secrets::trials(),
        manners::contract(),
        harness::trials(),
        manners::trials(),
        integrity::trials(),
        loading::trials(),
        hosting::trials(),
        real_pages::trials(),
        realms_that_die::trials(),
        placement::trials(),
        playground::trials(),
        policies::trials(),
        prototypes::trials(),
        surroundings::trials(),
        patched_pages::trials(),
        leaks::trials(),
        hosts::trials(),
        foreign_markup::trials(),
        frameworks::trials(),
        npm::trials(),
        theme::trials(),
        bar::trials(),
        audio_path::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Those that need no browser: the harness's own instruments, and the demo's script.
pub fn without_browser() -> Vec<Check> {
    if far_agent::is_wanted() {
        return Vec::new();
    }
    [
        sound::checks(),
        demo::checks(),
        host_headers::checks(),
        wire_over_tls::checks(),
        chaos::checks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
