//! The cdn and the site.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};
use tempfile::TempDir;

use crate::http::get;
use crate::visitor::start;
use gateway::{Config, ListenerName};

/// A release of two files, and a page that uses it.
fn release() -> (TempDir, TempDir) {
    let (dist, site) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let folder = dist.path().join("embed/v9.8.7");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("vocadesk.min.js"), "void 0;\n".repeat(500)).unwrap();
    fs::write(folder.join("vocadesk.wasm"), b"\0asm\x01\0\0\0".repeat(200)).unwrap();
    let page = r#"<script src="{{SCRIPT_SRC}}" integrity="{{INTEGRITY}}"></script>
<button data-vocadesk-api-url="{{API_URL}}" data-vocadesk-wss-url="{{ WSS_URL }}">{{LABEL}}{{THEIRS}}</button>"#;
    fs::write(site.path().join("index.html"), page).unwrap();
    fs::write(site.path().join("page.css"), "a{{API_URL}}").unwrap();
    (dist, site)
}

#[tokio::test]
async fn the_cdn_serves_a_release_as_a_real_one_would() {
    let (dist, _) = release();
    let gateway = start(Config::default().dist(dist.path())).await;
    for (file, kind) in [
        ("vocadesk.min.js", "text/javascript"),
        ("vocadesk.wasm", "application/wasm"),
    ] {
        let url = format!("{}/embed/v9.8.7/{file}", gateway.cdn_url());
        let whole = fs::read(dist.path().join("embed/v9.8.7").join(file)).unwrap();
        for (coding, accepts) in [("", ""), ("br", "gzip, br"), ("gzip", "gzip")] {
            let reply = get(&url, &[("accept-encoding", accepts)]).await;
            assert_eq!(reply.status, 200);
            assert!(reply.header("content-type").starts_with(kind));
            assert_eq!(reply.header("content-encoding"), coding);
            assert_eq!(reply.body == whole, coding.is_empty());
            assert!(coding.is_empty() || reply.body.len() < whole.len());
            for (name, value) in [
                ("access-control-allow-origin", "*"),
                ("cross-origin-resource-policy", "cross-origin"),
                ("cache-control", "public, max-age=31536000, immutable"),
                ("timing-allow-origin", "*"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert_eq!(reply.header(name), value, "{name}");
            }
        }
    }
    let missing = get(
        &format!("{}/embed/v9.8.7/nothing.js", gateway.cdn_url()),
        &[],
    )
    .await;
    assert_eq!(
        (missing.status, missing.header("cache-control")),
        (404, "no-store")
    );
    let outside = get(
        &format!("{}/../../../../etc/hostname", gateway.cdn_url()),
        &[],
    )
    .await;
    assert_eq!(outside.status, 404);
}

#[tokio::test]
async fn a_page_of_the_sites_folder_has_its_placeholders_filled_in() {
    let (dist, site) = release();
    let mut config = Config::default()
        .dist(dist.path())
        .template("LABEL", "Talk to us");
    config.site = Some(site.path().to_owned());
    let gateway = start(config).await;
    let reply = get(&gateway.site_url(), &[]).await;
    assert_eq!(reply.status, 200);
    let script = fs::read(dist.path().join("embed/v9.8.7/vocadesk.min.js")).unwrap();
    let expected = format!(
        r#"<script src="{}/embed/v9.8.7/vocadesk.min.js" integrity="sha384-{}"></script>
<button data-vocadesk-api-url="{}" data-vocadesk-wss-url="{}">Talk to us{{{{THEIRS}}}}</button>"#,
        gateway.cdn_url(),
        STANDARD.encode(Sha384::digest(script)),
        gateway.api_url(),
        gateway.wss_url(),
    );
    assert_eq!(reply.text(), expected);
    // Only in HTML.
    let css = get(&format!("{}/page.css", gateway.site_url()), &[]).await;
    assert_eq!(css.text(), "a{{API_URL}}");
}

#[tokio::test]
async fn a_test_puts_pages_with_headers_on_the_site() {
    let gateway = start(Config::default()).await;
    let csp = [("content-security-policy", "default-src 'none'")];
    let url = gateway.site_page("/strict.html", "<p>{{API_URL}}", &csp);
    assert!(url.starts_with("http://localhost:"));
    let reply = get(&url, &[]).await;
    assert_eq!(reply.text(), format!("<p>{}", gateway.api_url()));
    assert_eq!(
        reply.header("content-security-policy"),
        "default-src 'none'"
    );
    assert_eq!(
        get(&format!("{}/other", gateway.site_url()), &[])
            .await
            .status,
        404
    );
    let record = gateway.record();
    assert_eq!(
        record
            .requests_to(ListenerName::Site, "/strict.html")
            .count(),
        1
    );
    // By number too: IPv4 is always there, `[::1]` only where the machine has it.
    let by_number = get(&url.replace("localhost", "127.0.0.1"), &[]).await;
    assert_eq!(by_number.status, 200);
}
