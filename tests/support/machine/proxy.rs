//! The only way out for a browser that keeps no log of its own: a proxy that writes down whatever is
//! asked for, from any thread, and lets through what stays on this machine.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::failure::Failure;
use crate::network::Requested;

/// No browser sends a longer head.
const HEAD_LIMIT_BYTES: usize = 64 * 1024;

type Log = Arc<Mutex<Vec<Requested>>>;

/// A running proxy; it takes no more connections once it is dropped.
pub struct Proxy {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    log: Log,
    over: Arc<AtomicBool>,
}

impl Proxy {
    pub fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let proxy = Self {
            port: listener.local_addr()?.port(),
            log: Log::default(),
            over: Arc::default(),
        };
        let (log, over) = (Arc::clone(&proxy.log), Arc::clone(&proxy.over));
        thread::spawn(move || {
            for browser in listener.incoming().map_while(Result::ok) {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let log = Arc::clone(&log);
                // A connection that breaks off is the browser's to notice.
                thread::spawn(move || serve(browser, &log).ok());
            }
        });
        Ok(proxy)
    }

    /// What was asked for so far.
    pub fn requests(&self) -> Vec<Requested> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the listener; one that is gone needs no waking.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

/// One request of the browser's, or one tunnel.
struct Asked {
    tunnel: bool,
    url: String,
    /// Host and port.
    authority: String,
    /// What the far end is to read, with the body's first bytes if they came along.
    forward: Vec<u8>,
}

/// One connection, one request: keeping connections would mean to understand lengths of bodies. A
/// failure of the far end's becomes what it is without a proxy: a connection that ends.
fn serve(mut browser: TcpStream, log: &Log) -> io::Result<()> {
    browser.set_nodelay(true)?;
    let asked = understand(&read_head(&mut browser)?)
        .ok_or_else(|| io::Error::other("no request for a proxy"))?;
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Requested {
            url: asked.url,
            // A proxy cannot see who asks. The engines that use it are told to run no errands.
            initiator: Some("unknown".to_owned()),
            priority: None,
        });
    let (host, port) = asked
        .authority
        .rsplit_once(':')
        .ok_or_else(|| io::Error::other("no port"))?;
    // Pages of any origin that a trial may want are served from this machine.
    let host = if host.ends_with(".test") {
        "127.0.0.1"
    } else {
        host
    };
    if !matches!(host, "127.0.0.1" | "localhost" | "[::1]") {
        return Err(io::Error::other("only this machine is let through"));
    }
    let mut far = TcpStream::connect(format!("{host}:{port}"))?;
    far.set_nodelay(true)?;
    if asked.tunnel {
        browser.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    }
    far.write_all(&asked.forward)?;
    let (mut from_browser, mut to_far) = (browser.try_clone()?, far.try_clone()?);
    thread::spawn(move || {
        // However it ends, the other side is told.
        let _ = io::copy(&mut from_browser, &mut to_far);
        let _ = to_far.shutdown(Shutdown::Write);
    });
    let copied = io::copy(&mut far, &mut browser);
    browser.shutdown(Shutdown::Both)?;
    copied.map(drop)
}

/// Everything up to the empty line, and what came with it.
fn read_head(browser: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut some = [0; 4096];
    while end_of_head(&head).is_none() {
        let count = browser.read(&mut some)?;
        if count == 0 || head.len() > HEAD_LIMIT_BYTES {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        head.extend_from_slice(&some[..count]);
    }
    Ok(head)
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let place = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some(place + 4)
}

fn understand(bytes: &[u8]) -> Option<Asked> {
    let end = end_of_head(bytes)?;
    let (head, body) = bytes.split_at(end);
    let head = std::str::from_utf8(head).ok()?;
    let (first, fields) = head.split_once("\r\n")?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    if method == "CONNECT" {
        return Some(Asked {
            tunnel: true,
            // The trials' sockets are not encrypted; a stranger's name counts, not its scheme.
            url: format!("http://{target}/"),
            authority: target.to_owned(),
            forward: body.to_vec(),
        });
    }
    let (_, after_scheme) = target.split_once("://")?;
    let (authority, path) = after_scheme.split_once('/').unwrap_or((after_scheme, ""));
    let upgrade = head.to_ascii_lowercase().contains("\r\nupgrade:");
    let mut forward = format!("{method} /{path} HTTP/1.1\r\n");
    for line in fields.lines().filter(|line| !line.is_empty()) {
        let name = line.split(':').next()?.to_ascii_lowercase();
        let ours = name == "proxy-connection" || (name == "connection" && !upgrade);
        if !ours {
            forward.push_str(line);
            forward.push_str("\r\n");
        }
    }
    if !upgrade {
        forward.push_str("Connection: close\r\n");
    }
    forward.push_str("\r\n");
    let mut forward = forward.into_bytes();
    forward.extend_from_slice(body);
    Some(Asked {
        tunnel: false,
        url: target.to_owned(),
        authority: if authority.contains(':') {
            authority.to_owned()
        } else {
            format!("{authority}:80")
        },
        forward,
    })
}
