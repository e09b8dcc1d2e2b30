//! A line between two networks, packet by packet: it can lose, delay, reorder and repeat them, be slow, fall silent either way,
//! be unplugged, and give its near end another address.
//!
//! A network namespace at each end, with a TUN device each; what one end sends is read here and given to the other.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio_tun::Tun;

use crate::chaos::random::Random;
use crate::failure::Failure;
use crate::namespaces::{Namespace, ip};

/// Ethernet's.
const PACKET_BYTES: usize = 1_500;

/// More than this does not wait in a slow line: what comes meanwhile is lost.
const LONGEST_QUEUE: Duration = Duration::from_secs(2);

/// What becomes of the packets that go one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// All are lost.
    pub silent: bool,
    /// Of a hundred, so many are lost.
    pub lost_percent: u64,
    /// Of a hundred, so many come twice.
    pub twice_percent: u64,
    /// Each is under way for so long.
    pub delay: Duration,
    /// And for up to so much longer, each by chance: they overtake one another.
    pub jitter: Duration,
    /// So many bytes come through in a second.
    pub bytes_per_sec: Option<u32>,
}

/// Both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// From the near end to the far one.
    pub up: Way,
    /// From the far end to the near one.
    pub down: Way,
}

/// See the module.
pub struct Line {
    /// Where the browser is.
    pub near: Namespace,
    /// Where the server is.
    pub far: Namespace,
    weather: Arc<Mutex<Weather>>,
    /// The last number of the near end's address.
    host: Mutex<u8>,
    /// Ends the packets' thread.
    _end: oneshot::Sender<()>,
}

/// TEST-NET-2 (RFC 5737): no network that a machine is in.
const FAR_ADDRESS: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const FIRST_HOST: u8 = 2;
const LAST_HOST: u8 = 254;

fn near_address(host: u8) -> String {
    format!("198.51.100.{host}/24")
}

impl Line {
    /// A good one.
    ///
    /// # Errors
    /// Where this process may make no namespaces, or there are no TUN devices.
    pub fn lay() -> Result<Self, Failure> {
        let (near, far) = (Namespace::make()?, Namespace::make()?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let near_end = near.within(|| device(&runtime))??;
        let far_end = far.within(|| device(&runtime))??;
        near.within(|| plug_in(&near_address(FIRST_HOST)))??;
        far.within(|| plug_in(&format!("{FAR_ADDRESS}/24")))??;
        let weather = Arc::<Mutex<Weather>>::default();
        let now = Arc::clone(&weather);
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("packets".to_owned())
            .spawn(move || runtime.block_on(carry(near_end, far_end, now, ended)))?;
        Ok(Self {
            near,
            far,
            weather,
            host: Mutex::new(FIRST_HOST),
            _end: end,
        })
    }

    /// Where the far end is reached from the near one.
    pub fn far_address(&self) -> Ipv4Addr {
        FAR_ADDRESS
    }

    /// From now on it is like this.
    pub fn change(&self, change: impl FnOnce(&mut Weather)) {
        change(&mut lock(&self.weather));
    }

    /// Pulls the near end's plug, or puts it back.
    pub fn unplug(&self, unplugged: bool) -> Result<(), Failure> {
        let state = if unplugged { "down" } else { "up" };
        self.near
            .within(|| ip(&format!("link set {DEVICE} {state}")))?
    }

    /// The near end gets another address, and the one that it had is gone: its connections die without a word.
    pub fn change_address(&self) -> Result<(), Failure> {
        let mut host = lock(&self.host);
        let (old, new) = (
            *host,
            if *host == LAST_HOST {
                FIRST_HOST
            } else {
                *host + 1
            },
        );
        let (gone, come) = (near_address(old), near_address(new));
        self.near.within(|| {
            // In this order: else the new one would be the old one's second, and go with it.
            ip(&format!("addr del {gone} dev {DEVICE}"))?;
            ip(&format!("addr add {come} dev {DEVICE}"))
        })??;
        *host = new;
        Ok(())
    }
}

const DEVICE: &str = "line";

/// In the calling thread's namespace.
fn device(runtime: &Runtime) -> Result<Tun, Failure> {
    let _inside = runtime.enter();
    let made = Tun::builder().name(DEVICE).build();
    let mut made = made.map_err(|error| Failure(format!("no TUN device: {error}")))?;
    made.pop().ok_or_else(|| "no TUN device".into())
}

fn plug_in(address: &str) -> Result<(), Failure> {
    ip(&format!("addr add {address} dev {DEVICE}"))?;
    ip(&format!("link set {DEVICE} up"))
}

async fn carry(near: Tun, far: Tun, weather: Arc<Mutex<Weather>>, ended: oneshot::Receiver<()>) {
    let (near, far) = (Arc::new(near), Arc::new(far));
    tokio::select! {
        () = one_way(&near, &far, || lock(&weather).up, 1) => {}
        () = one_way(&far, &near, || lock(&weather).down, 2) => {}
        _ = ended => {}
    }
}

/// Until the devices are gone.
async fn one_way(from: &Arc<Tun>, to: &Arc<Tun>, way: impl Fn() -> Way, seed: u64) {
    let mut chance = Random::new(seed);
    let mut buffer = [0; PACKET_BYTES];
    let mut free_at = Instant::now();
    loop {
        let Ok(length) = from.recv(&mut buffer).await else {
            // A device that is down has nothing to read for a while.
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let packet = buffer.get(..length).unwrap_or_default();
        let way = way();
        if way.silent || chance.percent(way.lost_percent) {
            continue;
        }
        let now = Instant::now();
        free_at = free_at.max(now);
        if let Some(bytes_per_sec) = way.bytes_per_sec {
            if free_at > now + LONGEST_QUEUE {
                continue;
            }
            free_at += Duration::from_secs_f64(length as f64 / f64::from(bytes_per_sec));
        }
        let times = 1 + usize::from(chance.percent(way.twice_percent));
        for _ in 0..times {
            let jitter = way.jitter.mul_f64(chance.fraction());
            let due = free_at + way.delay + jitter;
            if due <= now {
                // What a device that is down does not take is lost.
                let _ = to.send(packet).await;
                continue;
            }
            let (to, packet) = (Arc::clone(to), packet.to_vec());
            tokio::spawn(async move {
                tokio::time::sleep_until(due).await;
                let _ = to.send(&packet).await;
            });
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
