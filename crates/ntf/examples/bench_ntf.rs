//! CPU seconds per sweep, errors and peak memory of a factorisation on one thread, from given start factors.
//!
//! `benches/peers/compare_ntf.py` writes the tensor (`X.npy`, or the signed roots `H.npy` of an implicit affinity) and
//! the start factors (`U0.npy`, `U1.npy`, ...), runs the peers and this program on them, and prints ratios.
//!
//!     cargo run --release --package neuroloom-ntf --example bench_ntf -- FOLDER --form dense --sweeps 20
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ndarray::{Array2, Array3, ArrayD};
use ndarray_npy::{ReadableElement, read_npy};
use neuroloom_core::Seed;
use neuroloom_ntf::operand::{
    Compressed, DenseRows, Operand, PairRows, SquareAffinity, SymmetricRows, TwoPass,
};
use neuroloom_ntf::{
    Factor, FitOptions, Fitting, ImplicitAffinity, Layout, Mask, Method, Problem, Real, Start, Tensor, Worm,
};

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// What the command line asks for.
struct Request {
    folder: PathBuf,
    form: String,
    method: Method,
    tolerance: f64,
    sweeps: usize,
    threads: usize,
    compress: bool,
    wide: bool,
    random_starts: Vec<usize>,
    n_starts: usize,
}

fn main() -> Outcome {
    let request = Request::from_arguments(std::env::args().skip(1))?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(request.threads).build()?;
    pool.install(|| if request.wide { bench::<f64>(&request) } else { bench::<f32>(&request) })
}

impl Request {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Outcome<Self> {
        let folder = arguments.next().ok_or("give the folder of the arrays")?.into();
        let mut request = Self {
            folder,
            form: "dense".into(),
            method: Method::Hals,
            tolerance: 0.0,
            sweeps: 20,
            threads: 1,
            compress: false,
            wide: false,
            random_starts: Vec::new(),
            n_starts: 1,
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--form" => request.form = value()?,
                "--method" => {
                    request.method = match value()?.as_str() {
                        "mu" => Method::Mu,
                        "bcd" => Method::Bcd,
                        _ => Method::Hals,
                    };
                }
                "--tolerance" => request.tolerance = value()?.parse()?,
                "--sweeps" => request.sweeps = value()?.parse()?,
                "--threads" => request.threads = value()?.parse()?,
                "--ranks" => {
                    request.random_starts = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                "--starts" => request.n_starts = value()?.parse()?,
                "--compress" => request.compress = true,
                "--f64" => request.wide = true,
                other => return Err(format!("unknown argument {other}").into()),
            }
        }
        Ok(request)
    }
}

fn bench<T: Real + ReadableElement>(request: &Request) -> Outcome {
    match request.form.as_str() {
        "symmetric" => two_pass(SymmetricRows::new(&tensor::<T>(&request.folder)?)?, request),
        "pairs" => two_pass(PairRows::<T>::new(&affinity(&request.folder, Layout::Pairs)?), request),
        "square" => {
            measure(&SquareAffinity::<T>::new(&affinity(&request.folder, Layout::Square)?), request, None)
        }
        _ => two_pass(DenseRows::new(tensor::<T>(&request.folder)?), request),
    }
}

fn two_pass<X: neuroloom_ntf::operand::Rows>(rows: X, request: &Request) -> Outcome {
    let operand = TwoPass::new(rows);
    let compress = |rank: usize| Ok(Compressed::new(&operand, rank, &Seed::root(1))?);
    measure(&operand, request, request.compress.then_some(&compress))
}

/// Makes the compressed tensor for models of up to so many components.
type Compress<'a> = &'a dyn Fn(usize) -> Outcome<Compressed>;

fn measure(operand: &dyn Operand, request: &Request, compress: Option<Compress<'_>>) -> Outcome {
    if request.random_starts.is_empty() {
        single(operand, request, compress)
    } else {
        rank_sweep(operand, request, compress)
    }
}

fn single(operand: &dyn Operand, request: &Request, compress: Option<Compress<'_>>) -> Outcome {
    let factors = starts(&request.folder, operand.shape().len())?;
    let options = options(request, factors[0].ncols());
    let problem = Problem { operand, mask: &Mask::Full, options: &options };
    let start = Start::given(operand.shape(), options.rank, factors, |_| false)?;
    let (before, clock) = (cpu_seconds()?, Instant::now());
    let compressed = compress.map(|compress| compress(options.rank)).transpose()?;
    let fit = run(&problem, vec![start], compressed.as_ref())?;
    let (cpu_s, wall_s) = (cpu_seconds()? - before, clock.elapsed().as_secs_f64());
    let start = &fit.starts[0];
    println!(
        "{{\"cpu_s\": {cpu_s}, \"wall_s\": {wall_s}, \"iterations\": {}, \"error\": {}, \"trace\": {:?}, \"peak_bytes\": {}}}",
        start.iterations(),
        start.error(),
        start.trace,
        peak_bytes()?
    );
    let names: Vec<String> = (0..start.factors.len()).map(|mode| format!("out_U{mode}.npy")).collect();
    for (factor, name) in start.factors.iter().zip(names) {
        ndarray_npy::write_npy(request.folder.join(name), factor)?;
    }
    Ok(())
}

fn rank_sweep(operand: &dyn Operand, request: &Request, compress: Option<Compress<'_>>) -> Outcome {
    let before = cpu_seconds()?;
    let largest = request.random_starts.iter().copied().max().unwrap_or(1);
    let compressed = compress.map(|compress| compress(largest)).transpose()?;
    let mut lines = Vec::new();
    for &rank in &request.random_starts {
        let options = options(request, rank);
        let problem = Problem { operand, mask: &Mask::Full, options: &options };
        let start = |number| {
            Start::random(
                operand.shape(),
                rank,
                operand.squared_norm(),
                &Seed::root(1).child_index(rank as u64),
                number,
            )
        };
        let fit = run(&problem, (0..request.n_starts).map(start).collect(), compressed.as_ref())?;
        lines.push(format!(
            "{{\"rank\": {rank}, \"error\": {}, \"iterations\": {}}}",
            fit.starts[fit.best].error(),
            fit.starts.iter().map(Start::iterations).sum::<usize>()
        ));
    }
    println!("{{\"cpu_s\": {}, \"ranks\": [{}]}}", cpu_seconds()? - before, lines.join(", "));
    Ok(())
}

fn run(
    problem: &Problem<'_>,
    starts: Vec<Start>,
    compressed: Option<&Compressed>,
) -> Outcome<neuroloom_ntf::Fit> {
    let mut fitting = Fitting::new(starts, compressed.is_some());
    while !fitting.is_done() {
        fitting.round(problem, compressed.map(|compressed| compressed as &dyn Operand))?;
    }
    Ok(fitting.finish())
}

fn options(request: &Request, rank: usize) -> FitOptions {
    FitOptions {
        method: request.method,
        tolerance: request.tolerance,
        max_iterations: request.sweeps,
        ..FitOptions::of_rank(rank)
    }
}

fn tensor<T: Real + ReadableElement>(folder: &Path) -> Outcome<Tensor<T>> {
    let array: ArrayD<T> = read_npy(folder.join("X.npy"))?;
    let shape = array.shape().to_vec();
    let (values, _) = array.into_raw_vec_and_offset();
    Ok(Tensor::new(shape, values)?)
}

/// The signed roots `[n_worms, n_neurons, n_frames]`.
fn affinity(folder: &Path, layout: Layout) -> Outcome<ImplicitAffinity> {
    let h: Array3<f64> = read_npy(folder.join("H.npy"))?;
    let worms = h
        .outer_iter()
        .enumerate()
        .map(|(worm, h)| Worm {
            recording_id: worm.to_string(),
            h: h.to_owned(),
            observed: vec![true; h.nrows()],
        })
        .collect();
    let neurons = (0..h.dim().1).map(|i| i.to_string()).collect();
    Ok(ImplicitAffinity { layout, neurons, t0_s: 0.0, dt_s: 1.0, worms })
}

fn starts(folder: &Path, n_modes: usize) -> Outcome<Vec<Factor>> {
    let read = |mode: usize| -> Outcome<Array2<f64>> { Ok(read_npy(folder.join(format!("U{mode}.npy")))?) };
    (0..n_modes).map(read).collect()
}

/// CPU seconds of all threads of this process.
fn cpu_seconds() -> Outcome<f64> {
    let mut nanoseconds = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().unwrap_or("0").parse::<f64>()?;
    }
    Ok(nanoseconds * 1e-9)
}

/// The largest amount of memory that this process has had.
fn peak_bytes() -> Outcome<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(1024 * line.trim().trim_end_matches(" kB").parse::<u64>()?)
}
