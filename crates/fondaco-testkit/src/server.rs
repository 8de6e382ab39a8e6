use std::collections::HashMap;
use std::io::{self, BufReader, BufWriter, Read};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use crate::head::Head;
use crate::reply::{Reply, TICK};
use crate::request::Request;

/// How long a port that is in use is waited for.
const BIND: Duration = Duration::from_secs(5);

type Handler = Arc<dyn Fn(&Request) -> Reply + Send + Sync>;

/// A small HTTP/1.1 server on 127.0.0.1, one thread for each connection.
pub(crate) struct Server {
    port: u16,
    handler: Handler,
    running: Mutex<Option<Running>>,
}

/// The open connections, to be closed on stop.
type Connections = Arc<Mutex<HashMap<u64, TcpStream>>>;

struct Running {
    stopped: Arc<AtomicBool>,
    connections: Connections,
    acceptor: JoinHandle<()>,
}

impl Server {
    /// A server on a port that the system chooses. It refuses connections until [`Server::start`].
    pub(crate) fn new(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let handler: Handler = Arc::new(handler);
        let running = Running::start(listener, &handler);
        Self { port, handler, running: Mutex::new(Some(running)) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Serves again on the same port.
    pub(crate) fn start(&self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_none() {
            *running = Some(Running::start(bind(self.port), &self.handler));
        }
    }

    /// Closes every connection and refuses new ones.
    pub(crate) fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            running.stop(self.port);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn bind(port: u16) -> TcpListener {
    let started = Instant::now();
    loop {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return listener,
            Err(error) if started.elapsed() > BIND => panic!("port {port}: {error}"),
            Err(_) => sleep(TICK),
        }
    }
}

impl Running {
    fn start(listener: TcpListener, handler: &Handler) -> Self {
        let stopped = Arc::new(AtomicBool::new(false));
        let connections = Connections::default();
        let acceptor = {
            let (stopped, connections, handler) = (stopped.clone(), connections.clone(), handler.clone());
            spawn(move || accept(&listener, &stopped, &connections, &handler))
        };
        Self { stopped, connections, acceptor }
    }

    fn stop(self, port: u16) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the acceptor; where that fails it has ended already.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
        let _ = self.acceptor.join();
        let connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        for connection in connections.values() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, stopped: &Arc<AtomicBool>, connections: &Connections, handler: &Handler) {
    for (id, stream) in (0u64..).zip(listener.incoming()) {
        if stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let Ok(clone) = stream.try_clone() else { continue };
        connections.lock().unwrap_or_else(PoisonError::into_inner).insert(id, clone);
        let (stopped, connections, handler) = (stopped.clone(), connections.clone(), handler.clone());
        spawn(move || {
            // A client that goes away is its own affair.
            let _ = converse(&stream, &stopped, &handler);
            let _ = stream.shutdown(Shutdown::Both);
            connections.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        });
    }
}

/// Answers the requests of one connection until either side has had enough.
fn converse(stream: &TcpStream, stopped: &AtomicBool, handler: &Handler) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = BufWriter::new(stream);
    while let Some(head) = Head::read(&mut reader)? {
        let mut request = Request::of(head);
        let length = request.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        (&mut reader).take(length).read_to_end(&mut request.body)?;
        let reply = handler(&request);
        let running = || !stopped.load(Ordering::SeqCst);
        let again = reply.write(&mut writer, request.method != "HEAD", &running)?;
        let close = request.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if !again || close {
            break;
        }
    }
    Ok(())
}
