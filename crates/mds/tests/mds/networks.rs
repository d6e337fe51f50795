//! Convolutional encoders: against PyTorch (`benches/peers/mds/make_fixtures.py`) and against central differences.

use std::sync::Arc;

use neuroloom_mds::{
    Chunk, Clip, Convolutional, Encoder, FitOptions, FitPass, History, LayerSpec, Loss, MaskShape, Movies,
    Network, NetworkKind, NetworkSpec, Optimiser, Penalties, Real,
};
use neuroloom_nn::safetensors::{TensorFile, read};

const FRAMES: usize = 14;
const WINDOW: usize = 4;
const SETTLE: usize = 2;
const N_UNITS: usize = 3;
const SPATIAL: LayerSpec = LayerSpec::Spatial { channels: 4, size: 4, padding: 0 };
const TEMPORAL: LayerSpec = LayerSpec::Temporal { channels: 3, taps: 4 };
const MORE: [LayerSpec; 2] =
    [LayerSpec::Spatial { channels: 2, size: 3, padding: 1 }, LayerSpec::Temporal { channels: 3, taps: 3 }];

fn cases() -> [(&'static str, Vec<LayerSpec>); 4] {
    let two = |first: LayerSpec, last: &[LayerSpec]| [&[SPATIAL, TEMPORAL, first][..], &MORE, last].concat();
    [
        ("ln", vec![SPATIAL, TEMPORAL]),
        ("lnln", vec![SPATIAL, TEMPORAL, LayerSpec::RectifyBoth]),
        ("sepconv", two(LayerSpec::Elu, &[LayerSpec::Elu])),
        ("rectify", two(LayerSpec::Rectify, &[])),
    ]
}

fn fixtures() -> TensorFile {
    read(include_bytes!("../fixtures/torch_networks.safetensors")).unwrap()
}

fn tensor<F: Real>(file: &TensorFile, name: &str) -> Vec<F> {
    file.tensors[name].values.to_f64().into_iter().map(F::from_f64).collect()
}

/// The same parameters with a width in y that is `more` larger in its logarithm than that in x.
fn oval(layers: &[LayerSpec], parameters: &[f64], more: f64) -> (Network, Vec<f64>) {
    let spec = network(layers.to_vec()).spec().clone();
    let (rest, widths) = parameters.split_at(parameters.len() - N_UNITS);
    let widths = widths.iter().flat_map(|&width| [width + more, width]);
    let parameters = rest.iter().copied().chain(widths).collect();
    (Network::new(NetworkSpec { mask: MaskShape::Oval, ..spec }).unwrap(), parameters)
}

fn network(layers: Vec<LayerSpec>) -> Network {
    Network::new(NetworkSpec {
        channels: 2,
        height: 7,
        width: 6,
        layers,
        n_units: N_UNITS,
        mask: MaskShape::Round,
    })
    .unwrap()
}

fn assert_close<F: Real>(what: &str, found: &[F], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0_f64, |scale, x| scale.max(x.abs()));
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.double() - expected).abs() / scale;
        assert!(error <= tolerance, "{what} {i}: {} and {expected}", found.double());
    }
}

fn options(loss: Loss) -> FitOptions {
    FitOptions {
        loss,
        optimiser: Optimiser::Adam,
        calcium_tau_frames: Some(3.0),
        chunk: FRAMES,
        settle: SETTLE,
        batch: 1,
        validation: 0.5,
        epochs: 1,
        lr: 0.01,
        lr_factor: 0.3,
        lr_patience: 4,
        stop_after: 10,
        weight_decay: 0.0,
        penalties: Penalties::default(),
        nonnegative: false,
        fit_places: true,
    }
}

fn movies(file: &TensorFile) -> Movies {
    let clip = Clip {
        id: "movie".into(),
        frames: tensor(file, "movie"),
        n_frames: FRAMES,
        traces: tensor(file, "traces"),
    };
    Movies { screen: [2, 7, 6], n_units: N_UNITS, train: vec![clip], test: Vec::new() }
}

fn responses_are_those_of_pytorch<F: Real>(tolerance: f64) {
    let file = fixtures();
    for (name, layers) in cases() {
        let parameters = tensor::<F>(&file, &format!("{name}/parameters"));
        let network = Arc::new(network(layers));
        assert_eq!(network.layout().len(), parameters.len());
        let encoder =
            Convolutional::new(network, parameters, [FRAMES, WINDOW], None, History::None, true).unwrap();
        let (mut tape, mut responses) = (encoder.tape(), vec![F::zero(); N_UNITS]);
        encoder.respond(&tensor::<F>(&file, "movie"), &mut tape, &mut responses);
        assert_close(name, &responses, &tensor::<f64>(&file, &format!("{name}/responses")), tolerance);
        let mut gradient = vec![F::zero(); encoder.shape().len()];
        encoder.vjp(&tensor::<F>(&file, "cotangent"), &mut tape, &mut gradient);
        assert_close(name, &gradient, &tensor::<f64>(&file, &format!("{name}/d_stimulus")), tolerance);
    }
}

fn fits_are_those_of_pytorch<F: Real>(tolerance: f64) {
    let file = fixtures();
    for (name, layers) in cases() {
        let (network, movies) = (network(layers), movies(&file));
        let parameters = tensor::<F>(&file, &format!("{name}/parameters"));
        for (loss, kind) in [(Loss::Mse, "mse"), (Loss::Poisson, "poisson")] {
            let options = options(loss);
            // The movie of 14 frames is the memory, two frames to settle, and the chunk.
            let len = FRAMES - network.memory() - SETTLE;
            let mut pass = FitPass::new(&network, &options, len);
            let found = pass.loss_and_gradient(&parameters, &movies, Chunk { clip: 0, start: FRAMES - len });
            let expected = tensor::<f64>(&file, &format!("{name}/{kind}"))[0];
            // The traces of the movie are held in single precision.
            assert!(
                (found / (len * N_UNITS) as f64 - expected).abs() < 1e-6 * expected.abs().max(1.0),
                "{name}"
            );
            let gradient = tensor::<f64>(&file, &format!("{name}/d_{kind}"));
            assert_close(&format!("{name} {kind}"), pass.gradient(), &gradient, tolerance);
        }
    }
}

#[test]
fn responses_and_their_adjoints_are_those_of_pytorch() {
    responses_are_those_of_pytorch::<f64>(1e-11);
    responses_are_those_of_pytorch::<f32>(1e-5);
}

#[test]
fn losses_and_their_gradients_are_those_of_pytorch() {
    // Movie and traces are held in single precision.
    fits_are_those_of_pytorch::<f64>(1e-6);
    fits_are_those_of_pytorch::<f32>(1e-4);
}

#[test]
fn adjoints_are_derivatives_by_central_differences() {
    let file = fixtures();
    for (name, layers) in cases() {
        let parameters = tensor::<f64>(&file, &format!("{name}/parameters"));
        let network = Arc::new(network(layers));
        for (history, tau) in [(History::Blank, Some(5.0)), (History::None, None)] {
            let encoder = Convolutional::new(
                Arc::clone(&network),
                parameters.clone(),
                [FRAMES, WINDOW],
                tau,
                history,
                true,
            )
            .unwrap();
            let (mut tape, mut responses) = (encoder.tape(), vec![0.0; N_UNITS]);
            let (base, cotangent) = (tensor::<f64>(&file, "movie"), tensor::<f64>(&file, "cotangent"));
            let mut gradient = vec![0.0; base.len()];
            encoder.respond(&base, &mut tape, &mut responses);
            encoder.vjp(&cotangent, &mut tape, &mut gradient);
            let mut along = |stimulus: &[f64]| -> f64 {
                encoder.respond(stimulus, &mut tape, &mut responses);
                responses.iter().zip(&cotangent).map(|(a, b)| a * b).sum()
            };
            let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
            for place in (0..base.len()).step_by(11) {
                let moved = |step: f64| {
                    let mut moved = base.clone();
                    moved[place] += step;
                    moved
                };
                let slope = (along(&moved(1e-5)) - along(&moved(-1e-5))) / 2e-5;
                assert!(
                    (slope - gradient[place]).abs() < 1e-6 * scale,
                    "{name} {place}: {slope} {}",
                    gradient[place]
                );
            }
        }
    }
}

fn gradient_is_the_derivative(
    name: &str,
    network: &Network,
    movies: &Movies,
    parameters: &[f64],
    step: usize,
) {
    let (options, penalties) =
        (options(Loss::Mse), Penalties { smooth_space: 0.3, smooth_time: 0.2, sparse: 0.1 });
    // From the first frame: what is before it is a blank.
    let (len, chunk) = (5, Chunk { clip: 0, start: 0 });
    let mut pass = FitPass::new(network, &options, len);
    let mut loss = |parameters: &[f64], gradient: &mut Vec<f64>| {
        let mean = pass.loss_and_gradient(parameters, movies, chunk) / (len * N_UNITS) as f64;
        gradient.clear();
        gradient.extend_from_slice(pass.gradient());
        mean + network.penalty(penalties, parameters, gradient)
    };
    let (mut gradient, mut other) = (Vec::new(), Vec::new());
    loss(parameters, &mut gradient);
    let scale = gradient.iter().map(|g| g.abs()).fold(0.0, f64::max);
    // The widths, at the end, all of them.
    let n = parameters.len();
    for place in (0..n).step_by(step).chain(n - 2 * N_UNITS..n) {
        let mut at = |step: f64| {
            let mut moved = parameters.to_vec();
            moved[place] += step;
            loss(&moved, &mut other)
        };
        let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
        let found = gradient[place];
        assert!((slope - found).abs() < 1e-6 * scale, "{name} {place}: {slope} {found}");
    }
}

#[test]
fn gradients_of_losses_and_penalties_are_derivatives_by_central_differences() {
    let file = fixtures();
    for (name, layers) in cases() {
        let parameters = tensor::<f64>(&file, &format!("{name}/parameters"));
        gradient_is_the_derivative(name, &network(layers.clone()), &movies(&file), &parameters, 5);
        let (network, parameters) = oval(&layers, &parameters, 0.3);
        gradient_is_the_derivative(&format!("{name}, oval"), &network, &movies(&file), &parameters, 17);
    }
    let soft = |layer: LayerSpec| if layer == LayerSpec::Elu { LayerSpec::Softplus } else { layer };
    let layers = cases()[2].1.iter().copied().map(soft).collect();
    let parameters = tensor::<f64>(&file, "sepconv/parameters");
    gradient_is_the_derivative("softplus", &network(layers), &movies(&file), &parameters, 5);
}

#[test]
fn an_oval_mask_has_a_width_in_y_and_one_in_x() {
    let file = fixtures();
    let (layers, movie) = (cases()[2].1.clone(), tensor::<f64>(&file, "movie"));
    let parameters = tensor::<f64>(&file, "sepconv/parameters");
    let responses = |network: Network, parameters: Vec<f64>, movie: &[f64]| {
        let sizes = [FRAMES, WINDOW];
        let encoder = Convolutional::new(Arc::new(network), parameters, sizes, None, History::None, true);
        encoder.unwrap().respond_all(&[movie.to_vec()]).remove(0)
    };
    let round = responses(network(layers.clone()), parameters.clone(), &movie);
    let (equal, both) = oval(&layers, &parameters, 0.0);
    assert_close("equal widths", &responses(equal, both, &movie), &round, 1e-12);
    let (different, both) = oval(&layers, &parameters, 0.5);
    let wider = responses(different.clone(), both.clone(), &movie);
    assert!(wider.iter().zip(&round).any(|(a, b)| (a - b).abs() > 1e-4), "{wider:?} {round:?}");
    // Turned by a quarter, screen, filters and masks, the responses are the same.
    let turned = NetworkSpec { height: 6, width: 7, ..different.spec().clone() };
    let turned = Network::new(turned).unwrap();
    let mut quarter = both.clone();
    for tensor in turned.layout().tensors() {
        let values = tensor.segment.of(&both);
        let out = tensor.segment.of_mut(&mut quarter);
        if let [n, height, width, channels] = tensor.shape[..] {
            for (at, &value) in values.iter().enumerate() {
                let (filter, y) = (at / (height * width * channels), at / (width * channels) % height);
                let (x, channel) = (at / channels % width, at % channels);
                assert!(filter < n && height == width);
                out[((filter * width + x) * height + y) * channels + channel] = value;
            }
        } else if tensor.name == "readout.log_sigma" {
            out.chunks_exact_mut(2).zip(values.chunks_exact(2)).for_each(|(out, own)| {
                out.copy_from_slice(&[own[1], own[0]]);
            });
        }
    }
    let plane = |image: &[f64]| (0..42).map(|at| image[at % 7 * 6 + at / 7]).collect::<Vec<f64>>();
    let movie: Vec<f64> = movie.chunks_exact(42).flat_map(plane).collect();
    assert_close("turned", &responses(turned, quarter, &movie), &wider, 1e-12);
}

#[test]
fn chosen_neurons_respond_as_among_all_and_only_named_frames_matter() {
    let file = fixtures();
    let network = Arc::new(network(cases()[2].1.clone()));
    let parameters = tensor::<f64>(&file, "sepconv/parameters");
    let encoder =
        Convolutional::new(network, parameters, [FRAMES, WINDOW], None, History::Blank, true).unwrap();
    let mut stimulus = tensor::<f64>(&file, "movie");
    let all = encoder.respond_all(std::slice::from_ref(&stimulus));
    let few = encoder.select(&[2, 0, 9]).respond_all(std::slice::from_ref(&stimulus));
    assert!((few[0][0] - all[0][2]).abs() < 1e-12 && (few[0][1] - all[0][0]).abs() < 1e-12);
    assert_eq!(encoder.select(&[9]).n_units(), 0);
    assert_eq!(encoder.frames(), 5..FRAMES);
    for channel in stimulus.chunks_exact_mut(FRAMES * 42) {
        channel[..5 * 42].fill(3.0);
    }
    assert_eq!(encoder.respond_all(&[stimulus])[0], all[0]);
}

#[test]
fn presets_fit_their_screen_and_impossible_layers_are_refused() {
    for kind in [NetworkKind::Ln, NetworkKind::Lnln, NetworkKind::Sepconv] {
        let spec = NetworkSpec {
            channels: 1,
            height: 18,
            width: 16,
            layers: kind.layers(8, 11, 15),
            n_units: 5,
            mask: MaskShape::Round,
        };
        assert!(Network::new(spec).is_ok(), "{}", kind.name());
    }
    let refused = |layers: Vec<LayerSpec>, height: usize| {
        let spec = NetworkSpec { channels: 1, height, width: 6, layers, n_units: 2, mask: MaskShape::Round };
        Network::new(spec).unwrap_err().report()
    };
    assert!(refused(vec![TEMPORAL], 7).contains("the first layer of an encoder must be spatial"));
    assert!(refused(vec![SPATIAL], 3).contains("the filters of a layer are larger than what they see"));
    assert!(
        refused(vec![LayerSpec::Spatial { channels: 0, size: 3, padding: 0 }], 7)
            .contains("sizes that cannot be")
    );
    assert!(
        refused(vec![SPATIAL, LayerSpec::Temporal { channels: 2, taps: 0 }], 7)
            .contains("sizes that cannot be")
    );
    assert!(refused(Vec::new(), 7).contains("0 layers"));
    let network = Arc::new(network(cases()[0].1.clone()));
    let parameters = vec![0.0_f32; network.layout().len()];
    let short = Convolutional::new(network, parameters, [6, WINDOW], None, History::None, true).unwrap_err();
    assert!(short.report().contains("at least 7 frames"), "{}", short.report());
}
