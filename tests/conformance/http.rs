//! The two requests of a call, as a page's fetch sends them.

use std::io;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use url::Url;

use crate::dial::dial;
use crate::socket::PATIENCE;
use crate::{Problem, Target, failed};

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Value,
}

impl Reply {
    /// The value of a header; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(':'));
        let found = headers.find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.trim())
    }

    pub(crate) fn text(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }
}

/// `POST` of embed and browser to a path of the api.
pub(crate) async fn post(
    target: &Target,
    origin: &str,
    path: &str,
    embed: &str,
    browser: &str,
) -> Result<Reply, Problem> {
    let url = format!("{}{path}", target.api);
    let body = json!({ "embedId": embed, "browserId": browser }).to_string();
    match timeout(PATIENCE, exchange(target, &url, origin, &body)).await {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(why)) => failed(format!("{url}: {why}")),
        Err(_) => failed(format!("{url}: no answer within {PATIENCE:?}")),
    }
}

async fn exchange(target: &Target, url: &str, origin: &str, body: &str) -> io::Result<Reply> {
    let url = Url::parse(url).map_err(io::Error::other)?;
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {authority}\r\norigin: {origin}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        url.path(),
        body.len()
    );
    let mut stream = dial(&url, target.ca.as_deref()).await?;
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    // Through TLS the end of an answer may be no clean one; whether it is whole is seen below.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let no_answer = || io::Error::other(format!("not an HTTP answer: {answer:?}"));
    let (head, rest) = answer.split_once("\r\n\r\n").ok_or_else(no_answer)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut reply = Reply {
        status: status.ok_or_else(no_answer)?,
        head: head.to_owned(),
        body: Value::Null,
    };
    let body = if reply.header("transfer-encoding").contains("chunked") {
        whole(rest)
    } else {
        rest.to_owned()
    };
    reply.body = serde_json::from_str(&body).unwrap_or_default();
    Ok(reply)
}

/// A body that came in chunks.
fn whole(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = size.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or_default();
        let (Some(chunk), Some(next)) = (rest.get(..size), rest.get(size + 2..)) else {
            break;
        };
        if size == 0 {
            break;
        }
        body.push_str(chunk);
        chunks = next;
    }
    body
}
