//! A graphics processor.

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use neuroloom_core::{Error, ErrorKind, Result};
use wgpu::{
    Adapter, Backends, BindGroupDescriptor, BindGroupEntry, Buffer, BufferDescriptor, BufferUsages,
    CommandEncoderDescriptor, ComputePassDescriptor, ComputePipeline, ComputePipelineDescriptor, Device,
    DeviceDescriptor, DeviceType, Instance, InstanceDescriptor, MapMode, PollType, Queue,
    ShaderModuleDescriptor, ShaderSource,
};

use crate::kernel::Kernel;
use crate::tape::{Dispatch, Tape};

/// Bytes of a value.
const WORD: u64 = 4;

/// Which adapters may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapters {
    /// Graphics processors.
    Hardware,
    /// Drivers that compute on the processor too, such as Mesa's lavapipe: slow, for tests.
    Any,
}

/// An open graphics processor with the kernels that were compiled for it.
#[derive(Debug)]
pub struct Gpu {
    device: Device,
    queue: Queue,
    name: String,
    max_bytes: u64,
    /// The first thing that went wrong.
    failure: Arc<Mutex<Option<String>>>,
    pipelines: Mutex<HashMap<&'static str, ComputePipeline>>,
}

/// Numbers of 32 bits on the device.
#[derive(Clone, Debug)]
pub struct Values {
    buffer: Buffer,
    len: usize,
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Gpu {
    /// Opens the best adapter: a discrete one before one that shares the memory of the processor.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn open(adapters: Adapters) -> Result<Self> {
        let instance = Instance::new(InstanceDescriptor::new_without_display_handle());
        let found = finished(instance.enumerate_adapters(Backends::all()));
        let adapter = choose(found, adapters)?;
        let limits = adapter.limits();
        let max_bytes = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        let (device, queue) = finished(adapter.request_device(&DeviceDescriptor {
            label: Some("neuroloom"),
            required_limits: limits,
            ..DeviceDescriptor::default()
        }))
        .map_err(|e| failed(&adapter.get_info().name, &e.to_string()))?;
        let failure = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&failure);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
            slot.get_or_insert_with(|| error.to_string());
        }));
        let name = adapter.get_info().name;
        Ok(Self { device, queue, name, max_bytes, failure, pipelines: Mutex::default() })
    }

    /// The name of the adapter.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Room for `len` values, which are 0.
    ///
    /// # Errors
    /// When the device has no such room.
    pub fn values(&self, len: usize) -> Result<Values> {
        let bytes = (len as u64).saturating_mul(WORD);
        if bytes > self.max_bytes {
            return Err(Error::data("the graphics processor has no room for so large an array")
                .at_object(&*self.name)
                .expected(format!("at most {} bytes", self.max_bytes))
                .found(format!("{bytes} bytes"))
                .hint("lower `batch` or `hidden`, or set `device: cpu`"));
        }
        self.buffer(len, BufferUsages::STORAGE)
    }

    /// Room for `len` values that are the same for all invocations of a kernel.
    ///
    /// # Errors
    /// When the device has no such room.
    pub fn uniform(&self, len: usize) -> Result<Values> {
        self.buffer(len.next_multiple_of(4), BufferUsages::UNIFORM)
    }

    fn buffer(&self, len: usize, usage: BufferUsages) -> Result<Values> {
        let buffer = self.device.create_buffer(&BufferDescriptor {
            label: None,
            // An empty array cannot be bound.
            size: (len.max(4) as u64) * WORD,
            usage: usage | BufferUsages::COPY_SRC | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.check()?;
        Ok(Values { buffer, len })
    }

    /// Puts `numbers` at the beginning of `values`.
    pub fn write<T: bytemuck::Pod>(&self, values: &Values, numbers: &[T]) {
        if !numbers.is_empty() {
            self.queue.write_buffer(&values.buffer, 0, bytemuck::cast_slice(numbers));
        }
    }

    /// Room with `numbers`.
    ///
    /// # Errors
    /// As for [`values`](Self::values).
    pub fn with<T: bytemuck::Pod>(&self, numbers: &[T]) -> Result<Values> {
        let values = self.values(numbers.len())?;
        self.write(&values, numbers);
        Ok(values)
    }

    /// The first `len` values.
    ///
    /// # Errors
    /// When the device fails, now or in what it did before.
    pub fn read(&self, values: &Values, len: usize) -> Result<Vec<f32>> {
        if len == 0 {
            return Ok(Vec::new());
        }
        let size = len as u64 * WORD;
        let staging = self.device.create_buffer(&BufferDescriptor {
            label: None,
            size,
            usage: BufferUsages::MAP_READ | BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&CommandEncoderDescriptor { label: None });
        encoder.copy_buffer_to_buffer(&values.buffer, 0, &staging, 0, size);
        self.queue.submit([encoder.finish()]);
        staging.map_async(MapMode::Read, .., |_| {});
        self.device.poll(PollType::wait_indefinitely()).map_err(|e| failed(&self.name, &e.to_string()))?;
        self.check()?;
        let mapped = staging.get_mapped_range(..).map_err(|e| failed(&self.name, &e.to_string()))?;
        Ok(bytemuck::pod_collect_to_vec(&mapped))
    }

    /// Starts what was recorded.
    pub fn run(&self, tapes: &[&Tape]) {
        let mut encoder = self.device.create_command_encoder(&CommandEncoderDescriptor { label: None });
        {
            let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
            for dispatch in tapes.iter().flat_map(|tape| tape.dispatches()) {
                let [x, y, z] = dispatch.groups;
                pass.set_pipeline(&dispatch.pipeline);
                pass.set_bind_group(0, &dispatch.bound, &[]);
                pass.dispatch_workgroups(x, y, z);
            }
        }
        self.queue.submit([encoder.finish()]);
    }

    /// One run of a kernel: `shape` is what it has at binding 0, `bound` what follows.
    ///
    /// # Errors
    /// When the kernel does not compile, or does not take these arrays.
    pub(crate) fn dispatch(
        &self,
        kernel: &Kernel,
        shape: &[u32],
        bound: &[&Values],
        groups: [u32; 3],
    ) -> Result<Dispatch> {
        let pipeline = self.pipeline(kernel);
        let uniform = self.uniform(shape.len())?;
        self.write(&uniform, shape);
        let entries: Vec<BindGroupEntry<'_>> = std::iter::once(&uniform)
            .chain(bound.iter().copied())
            .zip(0..)
            .map(|(values, binding)| BindGroupEntry { binding, resource: values.buffer.as_entire_binding() })
            .collect();
        let bound = self.device.create_bind_group(&BindGroupDescriptor {
            label: Some(kernel.name),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        self.check()?;
        Ok(Dispatch { pipeline, bound, groups })
    }

    fn pipeline(&self, kernel: &Kernel) -> ComputePipeline {
        let mut pipelines = self.pipelines.lock().unwrap_or_else(PoisonError::into_inner);
        let compile = || {
            let module = self.device.create_shader_module(ShaderModuleDescriptor {
                label: Some(kernel.name),
                source: ShaderSource::Wgsl(kernel.source().into()),
            });
            self.device.create_compute_pipeline(&ComputePipelineDescriptor {
                label: Some(kernel.name),
                layout: None,
                module: &module,
                entry_point: Some("main"),
                compilation_options: Default::default(),
                cache: None,
            })
        };
        pipelines.entry(kernel.name).or_insert_with(compile).clone()
    }

    /// Whether all went well so far.
    fn check(&self) -> Result<()> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.as_ref().map_or(Ok(()), |what| Err(failed(&self.name, what)))
    }
}

fn choose(mut found: Vec<Adapter>, adapters: Adapters) -> Result<Adapter> {
    let rank = |adapter: &Adapter| match adapter.get_info().device_type {
        DeviceType::DiscreteGpu => 0,
        DeviceType::IntegratedGpu => 1,
        DeviceType::VirtualGpu => 2,
        DeviceType::Other => 3,
        DeviceType::Cpu => 4,
    };
    let names = found.iter().map(|adapter| adapter.get_info().name).collect::<Vec<_>>().join(", ");
    found.sort_by_key(rank);
    let best = found.into_iter().next().filter(|best| adapters == Adapters::Any || rank(best) < 4);
    best.ok_or_else(|| {
        Error::new(ErrorKind::Params, "there is no graphics processor on this computer that can be used")
            .at_object("device")
            .expected("an adapter with a Vulkan (or Metal) driver")
            .found(if names.is_empty() { "none".to_owned() } else { format!("only {names}") })
            .hint("install the driver, or set `device: cpu`")
    })
}

fn failed(name: &str, what: &str) -> Error {
    Error::new(ErrorKind::Io, "the graphics processor failed")
        .at_object(name)
        .found(what.trim().to_owned())
        .hint("another program may hold its memory: lower `batch`, or set `device: cpu`")
}

/// What a future gives that waits for nothing, as those of drivers that are called directly.
fn finished<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
