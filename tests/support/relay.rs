//! A line between a browser and a server that can fall silent: it stays open, and nothing comes through any more, as when
//! Wi-Fi is gone or a NAT has forgotten the connection. No FIN, no RST.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::failure::Failure;

/// What Ethernet leaves of a packet. Loopback's are forty times as long, and a system keeps room for ten of them: minutes of
/// speech, before a socket takes no more.
const SEGMENT_BYTES: u32 = 1_400;
/// A quarter of a second of speech.
const RECEIVED_BYTES: usize = 16 * 1_024;

/// The line, for as long as it lives.
pub struct Relay {
    address: SocketAddr,
    silent: watch::Sender<bool>,
    sent_bytes: Arc<AtomicU64>,
    _lines: JoinSet<()>,
}

impl Relay {
    /// A line to this server, at a port of its own.
    pub fn to(server: SocketAddr) -> Result<Self, Failure> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_tcp_mss(SEGMENT_BYTES)?;
        socket.set_recv_buffer_size(RECEIVED_BYTES)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
        socket.listen(8)?;
        let listener = TcpListener::from_std(socket.into())?;
        let address = listener.local_addr()?;
        let (silent, is_silent) = watch::channel(false);
        let sent_bytes = Arc::<AtomicU64>::default();
        let counter = Arc::clone(&sent_bytes);
        let mut lines = JoinSet::new();
        lines.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((browser, _)) = listener.accept().await {
                open.spawn(forward(
                    browser,
                    server,
                    is_silent.clone(),
                    Arc::clone(&counter),
                ));
            }
        });
        Ok(Self {
            address,
            silent,
            sent_bytes,
            _lines: lines,
        })
    }

    /// Where it is reached.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes that browsers have sent so far.
    pub fn sent_bytes(&self) -> u64 {
        self.sent_bytes.load(Ordering::Relaxed)
    }

    /// From now on nothing comes through, either way.
    pub fn fall_silent(&self) {
        self.silent.send_replace(true);
    }
}

/// Until one side closes, or the line falls silent: then both are held open.
async fn forward(
    browser: TcpStream,
    server: SocketAddr,
    mut silent: watch::Receiver<bool>,
    sent_bytes: Arc<AtomicU64>,
) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let mut browser = tokio_util::io::InspectReader::new(browser, |bytes: &[u8]| {
        sent_bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    });
    let fell_silent = async {
        if silent.wait_for(|silent| *silent).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = io::copy_bidirectional(&mut browser, &mut server) => {}
        () = fell_silent => std::future::pending().await,
    }
}
