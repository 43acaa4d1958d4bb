//! `chit-chat serve`

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use std::{process, thread};

use actix_web::App;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use chit_chat_domain::services::{Policies, Services, System};
use chit_chat_http::{
    Budget, Capacity, Connections, Environment, Exposition, Limits, Proxies, State, configure_metrics, cors,
    limited,
};
use chit_chat_system::{BcryptPool, JwtAccessTokens, RandomIds, SystemClock, SystemSecrets};

use crate::background::Background;
use crate::config::Config;
use crate::signals::{self, Stop};
use crate::{descriptors, listening, logging, policies, signing_key, store, telemetry};

/// The time for requests in flight to finish after SIGTERM.
const SHUTDOWN_SECONDS: u64 = 7;
/// The additional time for background threads and the database to finish.
const LAST_GRACE: Duration = Duration::from_millis(1_500);

pub(crate) fn run(config: &Config) -> Result<(), Box<dyn Error>> {
    let metrics = telemetry::start()?;
    let signing_keys = signing_key::load(config)?;
    let stores = store::open(config)?;
    let hasher = Arc::new(BcryptPool::start(BcryptPool::COST)?);
    let password_threads = hasher.threads();
    let system = System {
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        secrets: Arc::new(SystemSecrets::new(&signing_keys)),
        hasher,
    };
    let tokens = Arc::new(JwtAccessTokens::new(&signing_keys));
    let mut policies = Policies::default().with_body_limit(config.message_max_characters.0);
    if let Some(file) = &config.message_policies_file {
        policies = policies::load(file, policies, &stores.users)?;
    }
    let services = Services::over(&stores, &system, policies).with_sign_ups(config.signup);
    let services = services.with_storage_quota(config.limits.storage_per_user());
    let at_once = config.limits.at_once();
    let limits = config.limits.limits().map(Data::new);
    let environment = Environment {
        clock: system.clock,
        tokens,
        at_once,
        connections: store::connections(&config.database_url),
        limits: limits.clone(),
        password_threads,
    };
    let state = Arc::new(State::start(services, stores.clone(), environment)?);
    let background = Background::start(&state, &stores, metrics.clone())?;
    actix_web::rt::System::new().block_on(async {
        let served = listen(config, state.clone(), limits, telemetry::exposition(metrics)).await;
        exit_soon();
        served
    })?;
    drop(background);
    if let Err(error) = state.follow_storage() {
        tracing::warn!(%error, "cannot write what users stored in the last seconds");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Exits soon even if the database hangs: requests that still wait for it were never acknowledged.
fn exit_soon() {
    thread::spawn(|| {
        thread::sleep(LAST_GRACE);
        tracing::warn!("stopped without waiting for the database to finish");
        logging::flush();
        process::exit(0);
    });
}

async fn listen(
    config: &Config,
    state: Arc<State>,
    limits: Option<Data<Limits>>,
    exposition: Exposition,
) -> Result<(), Box<dyn Error>> {
    descriptors::raise_limit(config.limits.max_connections);
    let state = Data::from(state);
    let streaming = state.clone();
    let origins = config.limits.cors_origins.clone();
    let proxies = Data::new(config.limits.proxies());
    let on_public_port = config.metrics_listen.is_none().then(|| exposition.clone());
    let app = move || {
        App::new()
            .app_data(state.clone())
            .app_data(Data::new(origins.clone()))
            .app_data(proxies.clone())
            .wrap(cors(&origins))
            .wrap(from_fn(chit_chat_http::answer))
            .configure(limited(limits.clone()))
            .configure(chit_chat_http::configure)
            .configure(|app| on_public_port.iter().cloned().for_each(|metrics| configure_metrics(app, metrics)))
    };
    let workers = config.limits.workers();
    let limits = &config.limits;
    let connections = listening::connections(limits.capacity(workers), limits.proxies(), limits.transfer_memory());
    let listeners = bind("LISTEN", &config.listen)?;
    let addresses: Vec<_> = listeners.iter().map(TcpListener::local_addr).collect::<Result<_, _>>()?;
    let server = listening::serve(app, listeners, &connections)?
        .workers(workers.count)
        .max_concurrent_connections(workers.connections_each)
        .shutdown_timeout(SHUTDOWN_SECONDS);
    if let Some(address) = &config.metrics_listen {
        serve_metrics(address, exposition)?;
    }
    for address in addresses {
        tracing::info!("listening on http://{address}, data on {}", config.database_url);
    }
    let server = server.run();
    actix_web::rt::spawn(stop_on_signal(streaming, connections, server.handle()));
    Ok(server.await?)
}

fn bind(variable: &str, name: &str) -> Result<Vec<TcpListener>, String> {
    listening::bind(name).map_err(|error| format!("{variable}={name}: {error}"))
}

/// Stops the server on a signal. Streams have to be closed, because they never end by themselves.
async fn stop_on_signal(state: Data<State>, connections: Arc<Connections>, server: ServerHandle) {
    match signals::wait().await {
        Ok(stop) => {
            state.streams.close();
            connections.stop();
            server.stop(stop == Stop::Gracefully).await;
        }
        Err(error) => tracing::error!(%error, "cannot listen for signals"),
    }
}

/// Serves metrics on a separate port, in a thread that ends with the process.
fn serve_metrics(address: &str, exposition: Exposition) -> Result<(), Box<dyn Error>> {
    let app = move || App::new().configure(|app| configure_metrics(app, exposition.clone()));
    let listeners = bind("METRICS_LISTEN", address)?;
    for listener in &listeners {
        tracing::info!("metrics on http://{}/metrics", listener.local_addr()?);
    }
    let connections = listening::connections(Capacity::UNLIMITED, Proxies::default(), Budget::new(usize::MAX));
    let server = listening::serve(app, listeners, &connections)?.workers(1);
    actix_web::rt::spawn(server.run());
    Ok(())
}
