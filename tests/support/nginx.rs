//! A real nginx, with a configuration of the trial's: on ports from the operating system, as a process
//! without privileges, gone when this is dropped.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::failure::Failure;

/// nginx is up within a few milliseconds; a busy machine may need longer.
const START_DEADLINE: Duration = Duration::from_secs(20);

const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Another process may take a port between our look at it and nginx's.
const ATTEMPTS: usize = 3;

/// Who serves where the tests run as root.
const NOBODY: u32 = 65534;

/// One `server` block.
pub struct Server {
    /// With a certificate that it has signed itself, and HTTP/2.
    pub tls: bool,
    /// What stands in the block besides its port; the root is the served folder.
    pub inside: String,
}

/// A running nginx.
pub struct Nginx {
    child: Child,
    folder: TempDir,
    ports: Vec<u16>,
}

impl Nginx {
    /// Serves what `fill` puts into an empty folder, on one port for each server.
    pub fn start(
        servers: &[Server],
        fill: impl Fn(&Path) -> io::Result<()>,
    ) -> Result<Self, Failure> {
        let folder = TempDir::new()?;
        let www = folder.path().join("www");
        std::fs::create_dir(&www)?;
        fill(&www)?;
        certificate(folder.path())?;
        give_to_nobody(folder.path())?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let ports = free_ports(servers.len())?;
            let file = folder.path().join("nginx.conf");
            std::fs::write(&file, configuration(folder.path(), servers, &ports))?;
            let mut child = command(folder.path(), &file)?
                .spawn()
                .map_err(|e| Failure(format!("nginx: {e} (scripts/setup test installs it)")))?;
            if listens(&mut child, &ports)? {
                return Ok(Self {
                    child,
                    folder,
                    ports,
                });
            }
            let _ = child.kill();
            let _ = child.wait();
            let said = std::fs::read_to_string(folder.path().join("error.log"));
            if attempt == ATTEMPTS {
                return Err(Failure(format!("nginx does not start: {said:?}")));
            }
        }
    }

    /// The port of the server of this index.
    pub fn port(&self, server: usize) -> u16 {
        self.ports[server]
    }

    /// What it answered so far: port, protocol, path, status, coding and type, a line each.
    pub fn log(&self) -> Result<String, Failure> {
        Ok(std::fs::read_to_string(
            self.folder.path().join("access.log"),
        )?)
    }

    /// Its certificate, which it has signed itself.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// Where the served files lie.
    pub fn www(&self) -> PathBuf {
        self.folder.path().join("www")
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One process, in the foreground, that writes nowhere but in its folder.
fn configuration(folder: &Path, servers: &[Server], ports: &[u16]) -> String {
    let folder = folder.display();
    let server = |(server, port): (&Server, &u16)| {
        let tls = if server.tls { " ssl http2" } else { "" };
        format!(
            "server {{\nlisten 127.0.0.1:{port}{tls};\nroot {folder}/www;\n{}\n}}\n",
            server.inside
        )
    };
    let servers: String = servers.iter().zip(ports).map(server).collect();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{ }}\nhttp {{\n\
         log_format trial '$server_port $server_protocol $uri $status '\n\
         '[$sent_http_content_encoding] [$sent_http_content_type]';\n\
         access_log {folder}/access.log trial;\n\
         client_body_temp_path {folder}/body;\nproxy_temp_path {folder}/proxy;\n\
         fastcgi_temp_path {folder}/fastcgi;\nuwsgi_temp_path {folder}/uwsgi;\nscgi_temp_path {folder}/scgi;\n\
         ssl_certificate {folder}/certificate.pem;\nssl_certificate_key {folder}/key.pem;\n\
         {servers}}}\n"
    )
}

fn command(folder: &Path, file: &Path) -> Result<Command, Failure> {
    // Debian has it where only root's PATH leads.
    let there = Path::new("/usr/sbin/nginx");
    let mut command = Command::new(if there.is_file() {
        there
    } else {
        Path::new("nginx")
    });
    command.args(["-p", &folder.display().to_string(), "-e"]);
    command.arg(folder.join("error.log")).arg("-c").arg(file);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if is_root()? {
        command.uid(NOBODY).gid(NOBODY);
    }
    Ok(command)
}

fn is_root() -> io::Result<bool> {
    Ok(std::fs::metadata("/proc/self")?.uid() == 0)
}

fn give_to_nobody(folder: &Path) -> io::Result<()> {
    if !is_root()? {
        return Ok(());
    }
    chown(folder, Some(NOBODY), Some(NOBODY))?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give_to_nobody(&entry.path())?;
        } else {
            chown(entry.path(), Some(NOBODY), Some(NOBODY))?;
        }
    }
    Ok(())
}

fn certificate(folder: &Path) -> Result<(), Failure> {
    let mut openssl = Command::new("openssl");
    openssl.current_dir(folder).args([
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        "key.pem",
        "-out",
        "certificate.pem",
    ]);
    let made = openssl.output();
    let made =
        made.map_err(|e| Failure(format!("openssl: {e} (scripts/setup test installs it)")))?;
    if !made.status.success() {
        return Err(Failure(format!("openssl: {made:?}")));
    }
    Ok(())
}

/// All held at once, so that they differ.
fn free_ports(count: usize) -> io::Result<Vec<u16>> {
    let held: io::Result<Vec<_>> = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect();
    held?
        .iter()
        .map(|listener| Ok(listener.local_addr()?.port()))
        .collect()
}

/// Whether each of the ports answers before the process ends.
fn listens(child: &mut Child, ports: &[u16]) -> io::Result<bool> {
    let from = Instant::now();
    for port in ports {
        while TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_err() {
            if child.try_wait()?.is_some() || from.elapsed() > START_DEADLINE {
                return Ok(false);
            }
            thread::sleep(LOOK_EVERY);
        }
    }
    // A port may have been another's: then nginx has ended, or is about to.
    Ok(child.try_wait()?.is_none())
}
