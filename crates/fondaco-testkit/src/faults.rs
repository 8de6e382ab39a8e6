use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::spawn;
use std::time::Duration;

/// What goes wrong with connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Each is closed at once.
    Closed,
    /// Each is taken, and nothing ever comes of it.
    Silent,
    /// Each request is answered with this status.
    Status(u16),
    /// An answer is cut off after so many bytes.
    CutAnswer(usize),
    /// A request is cut off after so many bytes.
    CutRequest(usize),
}

/// A relay before a server on this machine, in which connections go wrong as told: those that begin
/// then, and those that are open.
pub struct Faults {
    port: u16,
    state: Arc<State>,
}

struct State {
    to: u16,
    fault: Mutex<Fault>,
    open: Mutex<Vec<TcpStream>>,
    hits: AtomicUsize,
}

impl Faults {
    /// A relay before the server on the port `to`, with nothing going wrong.
    pub fn before(to: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            to,
            fault: Mutex::new(Fault::None),
            open: Mutex::default(),
            hits: AtomicUsize::new(0),
        });
        let own = state.clone();
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = own.clone();
                spawn(move || {
                    // A connection that goes wrong is what it is for.
                    let _ = state.relay(stream);
                });
            }
        });
        Self { port, state }
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets this go wrong from now on. Open connections are cut.
    pub fn set(&self, fault: Fault) {
        *self.state.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
        for open in self.state.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = open.shutdown(Shutdown::Both);
        }
    }

    /// How many connections have gone wrong.
    pub fn hits(&self) -> usize {
        self.state.hits.load(Ordering::SeqCst)
    }
}

impl State {
    fn relay(&self, mut client: TcpStream) -> std::io::Result<()> {
        let fault = *self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        self.open.lock().unwrap_or_else(PoisonError::into_inner).push(client.try_clone()?);
        self.hits.fetch_add(usize::from(fault != Fault::None), Ordering::SeqCst);
        let (mut of_request, mut of_answer) = (usize::MAX, usize::MAX);
        match fault {
            Fault::None => {}
            Fault::Closed => return client.shutdown(Shutdown::Both),
            Fault::Silent => {
                let mut piece = [0; 4096];
                while client.read(&mut piece)? > 0 {}
                return Ok(());
            }
            Fault::Status(status) => {
                let answer =
                    format!("HTTP/1.1 {status} Fault\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                let mut piece = [0; 4096];
                let _ = client.read(&mut piece)?;
                client.write_all(answer.as_bytes())?;
                // What else was sent is read, so that the answer is not lost by a reset.
                client.set_read_timeout(Some(Duration::from_millis(300)))?;
                while client.read(&mut piece).is_ok_and(|read| read > 0) {}
                return client.shutdown(Shutdown::Both);
            }
            Fault::CutAnswer(bytes) => of_answer = bytes,
            Fault::CutRequest(bytes) => of_request = bytes,
        }
        let server = TcpStream::connect((Ipv4Addr::LOCALHOST, self.to))?;
        let (from_client, to_server) = (client.try_clone()?, server.try_clone()?);
        spawn(move || pass(from_client, to_server, of_request));
        pass(server, client, of_answer);
        Ok(())
    }
}

/// Passes on at most `most` bytes; then, or when either side ends, both are cut.
fn pass(mut from: TcpStream, mut to: TcpStream, most: usize) {
    let mut left = most;
    let mut piece = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        let passed = read.min(left);
        if to.write_all(&piece[..passed]).is_err() || passed < read {
            break;
        }
        left -= passed;
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
