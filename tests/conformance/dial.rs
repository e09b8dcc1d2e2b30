//! A connection to a URL's host. TLS is the program `openssl`'s: whatever it is that runs these checks once in a while
//! need not be built with a TLS library.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use url::{Host, Url};

/// Plain, or through `openssl`, which dies with it.
pub(crate) enum Connection {
    Plain(TcpStream),
    Tls {
        write: ChildStdin,
        read: ChildStdout,
        _child: Box<Child>,
    },
}

/// `ca` has signed the server's certificate, where the system knows nobody who has.
pub(crate) async fn dial(url: &Url, ca: Option<&Path>) -> io::Result<Connection> {
    let secure = matches!(url.scheme(), "https" | "wss");
    let host = url.host_str().unwrap_or_default();
    let port = url.port().unwrap_or(if secure { 443 } else { 80 });
    if !secure {
        let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
        stream.set_nodelay(true)?;
        return Ok(Connection::Plain(stream));
    }
    let mut openssl = Command::new("openssl");
    openssl
        .args(["s_client", "-quiet", "-verify_quiet"])
        .args(["-verify_return_error", "-connect"])
        .arg(format!("{host}:{port}"));
    // A certificate names addresses otherwise than hosts.
    match url.host() {
        Some(Host::Domain(name)) => openssl.args(["-servername", name, "-verify_hostname", name]),
        _ => openssl.args(["-verify_ip", host.trim_matches(['[', ']'])]),
    };
    if let Some(ca) = ca {
        openssl.arg("-CAfile").arg(ca);
    }
    let mut child = openssl
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(write), Some(read)) => Ok(Connection::Tls {
            write,
            read,
            _child: Box::new(child),
        }),
        _ => Err(io::Error::other("openssl has no pipes")),
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, into),
            Self::Tls { read, .. } => Pin::new(read).poll_read(context, into),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls { write, .. } => Pin::new(write).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls { write, .. } => Pin::new(write).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls { write, .. } => Pin::new(write).poll_shutdown(context),
        }
    }
}
