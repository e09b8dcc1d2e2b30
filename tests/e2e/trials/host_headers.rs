//! What the release's own nginx configuration sends, request by request, without a browser: the headers that
//! `_headers` prescribes, and each file in the coding that was asked for.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Command;

use crate::trial::Check;
use crate::trials::hosting::{FOLDER, copy, packed};
use support::failure::{Failure, ensure};
use support::nginx::{Nginx, Server};

pub fn checks() -> Vec<Check> {
    vec![(
        "the_releases_nginx_configuration_does_what_its_headers_file_says",
        the_configuration_does_what_the_headers_file_says,
    )]
}

/// What is asked for, and the suffix of the file that must come.
const CODINGS: [(&str, &str); 5] = [
    ("identity", ""),
    ("gzip, deflate", ".gz"),
    ("br", ".br"),
    ("gzip, deflate, br, zstd", ".br"),
    ("br;q=0, gzip;q=0.5", ".gz"),
];

struct Reply {
    status: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(n, _)| n == name);
        named.map(|(_, value)| value.as_str()).collect()
    }
}

fn ask(nginx: &Nginx, method: &str, path: &str, accept: &str) -> Result<Reply, Failure> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, nginx.port(0)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\naccept-encoding: {accept}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.ok_or("no whole head")? + 4);
    let head = String::from_utf8_lossy(&answer).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default().to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Ok(Reply {
        status,
        headers: headers.collect(),
        body,
    })
}

/// The headers that `_headers` prescribes for a path: those of every rule that matches it.
fn prescribed(rules: &str, path: &str) -> Vec<(String, String)> {
    let matches = |pattern: &str| {
        let prefix = pattern.strip_suffix('*');
        prefix.map_or(pattern == path, |prefix| path.starts_with(prefix))
    };
    let (mut headers, mut ours) = (Vec::new(), false);
    for line in rules.lines() {
        if let Some((name, value)) = line.trim_start().split_once(": ") {
            if ours {
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        } else if !line.is_empty() {
            ours = matches(line);
        }
    }
    headers
}

fn the_configuration_does_what_the_headers_file_says() -> Result<(), Failure> {
    // The copy that it serves, as in `hosting.rs`.
    let server = Server {
        tls: false,
        inside: format!("include www/{FOLDER}/nginx.conf;"),
    };
    let nginx = Nginx::start(&[server], |www| copy(&packed(), &www.join(FOLDER)))?;
    let rules = std::fs::read_to_string(packed().join("_headers"))?;
    for entry in std::fs::read_dir(packed())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ![".br", ".gz"].iter().any(|suffix| name.ends_with(suffix)) {
            each_coding(&nginx, &rules, &name)?;
        }
    }
    let missing = ask(&nginx, "GET", &format!("/{FOLDER}/vocadesk.wat"), "br")?;
    ensure!(
        missing.status.contains("404")
            && missing.header("cache-control").is_empty()
            && missing.header("access-control-allow-origin") == ["*"],
        "an error is kept, or not readable: {:?}",
        missing.headers
    );
    compared_over_http(&nginx)
}

fn each_coding(nginx: &Nginx, rules: &str, name: &str) -> Result<(), Failure> {
    let path = format!("/{FOLDER}/{name}");
    for (accept, suffix) in CODINGS {
        let lies_compressed = packed().join(format!("{name}.br")).exists();
        let suffix = if lies_compressed { suffix } else { "" };
        let reply = ask(nginx, "GET", &path, accept)?;
        let what = format!("{name}, {accept}: {} {:?}", reply.status, reply.headers);
        ensure!(reply.status.contains("200"), "{what}");
        let file = std::fs::read(packed().join(format!("{name}{suffix}")))?;
        ensure!(reply.body == file, "{what}: not {name}{suffix}");
        let coding = match suffix {
            ".br" => vec!["br"],
            ".gz" => vec!["gzip"],
            _ => vec![],
        };
        ensure!(reply.header("content-encoding") == coding, "{what}");
        let varies = reply.header("vary") == ["Accept-Encoding"];
        ensure!(varies == lies_compressed, "{what}");
        for (header, value) in prescribed(rules, &path) {
            ensure!(
                reply.header(&header) == [value.as_str()],
                "{what}: {header} should be {value}"
            );
        }
        let head = ask(nginx, "HEAD", &path, accept)?;
        ensure!(
            head.status.contains("200") && head.body.is_empty(),
            "{what}"
        );
    }
    Ok(())
}

/// As `scripts/release --verify` does it with a URL.
fn compared_over_http(nginx: &Nginx) -> Result<(), Failure> {
    let compare = || -> Result<(bool, String), Failure> {
        let script = support::project().join("scripts/packing/compare.mjs");
        let url = format!("http://127.0.0.1:{}/{FOLDER}/", nginx.port(0));
        let output = Command::new("node")
            .arg(script)
            .arg(packed())
            .arg(url)
            .output()?;
        let said = [output.stdout, output.stderr].concat();
        Ok((
            output.status.success(),
            String::from_utf8_lossy(&said).into_owned(),
        ))
    };
    // A host gives away neither how it serves the files nor their compressed copies.
    let names =
        std::fs::read_dir(packed())?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let hidden = [".br", ".gz", "_headers", "nginx.conf"];
    let count = names
        .filter(|name| !hidden.iter().any(|end| name.ends_with(end)))
        .count();
    let (same, said) = compare()?;
    let all = format!("{count} of {count} files are the same");
    ensure!(same && said.contains(&all), "{said}");
    let types = nginx.www().join(FOLDER).join("vocadesk.d.ts");
    for compressed in ["vocadesk.d.ts.br", "vocadesk.d.ts.gz"] {
        std::fs::remove_file(types.with_file_name(compressed))?;
    }
    std::fs::write(&types, "declare const Vocadesk: any;\n")?;
    let (same, said) = compare()?;
    let but_one = format!("{} of {count} files are the same", count - 1);
    let named = said.contains("vocadesk.d.ts") && said.contains(&but_one);
    ensure!(!same && named, "{said}");
    Ok(())
}
