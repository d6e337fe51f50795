//! Products and factors of small matrices, `[rows, n]` with rows zero beyond their last column.
//!
//! `n` is a multiple of four, a vector. Products go in tiles of fixed size, so that any `n` takes the same code; all is
//! inlined into the pass that is compiled for the processor's vectors.

/// Rows of length `n` are padded to vectors.
pub(super) fn padded(n: usize) -> usize {
    n.next_multiple_of(4)
}

/// Inner product over whole vectors.
#[inline(always)]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    for (a, b) in a.as_chunks::<4>().0.iter().zip(b.as_chunks::<4>().0) {
        for lane in 0..4 {
            sums[lane] = a[lane].mul_add(b[lane], sums[lane]);
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// out += scale `matrix`' `v`, for a matrix of as many rows as v has entries. A vector of `out` at a time stays in a
/// register.
#[inline(always)]
pub(super) fn add_transposed(n: usize, scale: f64, matrix: &[f64], v: &[f64], out: &mut [f64]) {
    for (vector, out) in out.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let mut sums = [0.0; 4];
        for (k, value) in v.iter().enumerate() {
            let row = &matrix[k * n + 4 * vector..][..4];
            for lane in 0..4 {
                sums[lane] = value.mul_add(row[lane], sums[lane]);
            }
        }
        for lane in 0..4 {
            out[lane] = scale.mul_add(sums[lane], out[lane]);
        }
    }
}

/// out = a b, all square.
#[inline(always)]
pub(super) fn product(n: usize, rows: usize, a: &[f64], b: &[f64], out: &mut [f64]) {
    tiles::<false>(n, rows, a, b, out);
}

/// out = a' b, all square.
#[inline(always)]
pub(super) fn transposed_product(n: usize, rows: usize, a: &[f64], b: &[f64], out: &mut [f64]) {
    tiles::<true>(n, rows, a, b, out);
}

#[inline(always)]
fn tiles<const TRANSPOSED: bool>(n: usize, rows: usize, a: &[f64], b: &[f64], out: &mut [f64]) {
    let mut row = 0;
    // Clusters of two latents have three rows.
    while row + 3 <= rows {
        tile_rows::<TRANSPOSED, 3>(n, rows, row, a, b, out);
        row += 3;
    }
    while row < rows {
        tile_rows::<TRANSPOSED, 1>(n, rows, row, a, b, out);
        row += 1;
    }
}

/// R rows of the product, twelve columns at a time.
#[inline(always)]
fn tile_rows<const TRANSPOSED: bool, const R: usize>(
    n: usize,
    inner: usize,
    first: usize,
    a: &[f64],
    b: &[f64],
    out: &mut [f64],
) {
    let mut column = 0;
    while column + 12 <= n {
        tile::<TRANSPOSED, R, 12>(n, inner, first, column, a, b, out);
        column += 12;
    }
    while column < n {
        tile::<TRANSPOSED, R, 4>(n, inner, first, column, a, b, out);
        column += 4;
    }
}

#[inline(always)]
fn tile<const TRANSPOSED: bool, const R: usize, const C: usize>(
    n: usize,
    inner: usize,
    first: usize,
    column: usize,
    a: &[f64],
    b: &[f64],
    out: &mut [f64],
) {
    let mut sums = [[0.0; C]; R];
    for k in 0..inner {
        let (row, _) = b[k * n + column..].split_at(C);
        for r in 0..R {
            let entry = if TRANSPOSED { a[k * n + first + r] } else { a[(first + r) * n + k] };
            for c in 0..C {
                sums[r][c] = row[c].mul_add(entry, sums[r][c]);
            }
        }
    }
    for (r, sums) in sums.iter().enumerate() {
        out[(first + r) * n + column..][..C].copy_from_slice(sums);
    }
}

/// out = a'.
#[inline(always)]
pub(super) fn transpose(n: usize, rows: usize, a: &[f64], out: &mut [f64]) {
    for (i, row) in a.chunks_exact(n).take(rows).enumerate() {
        for (j, &value) in row[..rows].iter().enumerate() {
            out[j * n + i] = value;
        }
    }
}

/// Adds the identity.
#[inline(always)]
pub(super) fn add_identity(n: usize, rows: usize, a: &mut [f64]) {
    for i in 0..rows {
        a[i * n + i] += 1.0;
    }
}

/// Factors the positive definite `a` = R' D^-1 R: overwrites it with the upper triangular R, whose diagonal is D, zeros
/// below, and fills the reciprocals of D. Gives back ln |a| / 2.
#[inline(always)]
pub(super) fn factor(n: usize, rows: usize, a: &mut [f64], reciprocals: &mut [f64]) -> f64 {
    let mut determinant = LogProduct { logs: 0.0, product: 1.0 };
    for i in 0..rows {
        determinant.multiply(factor_row(n, i, a, reciprocals));
    }
    0.5 * determinant.ln()
}

/// Factors two matrices as [`factor`], step by step beside each other: a step waits for the one before, not for that of
/// the other matrix.
#[inline(always)]
pub(super) fn factor_both(
    n: usize,
    rows: usize,
    [a, reciprocals_a]: [&mut [f64]; 2],
    [b, reciprocals_b]: [&mut [f64]; 2],
) {
    for i in 0..rows {
        factor_row(n, i, a, reciprocals_a);
        factor_row(n, i, b, reciprocals_b);
    }
}

/// Row i of R; gives back its pivot.
#[inline(always)]
fn factor_row(n: usize, i: usize, a: &mut [f64], reciprocals: &mut [f64]) -> f64 {
    let (above, rest) = a.split_at_mut(i * n);
    let row = &mut rest[..n];
    reduce_row(n, i, i - i % WIDE, above, reciprocals, above, row);
    let pivot = row[i];
    reciprocals[i] = 1.0 / pivot;
    for entry in &mut row[..i] {
        *entry = 0.0;
    }
    pivot
}

/// Overwrites `a` with `U'^-1 a`, where U = D^(-1/2) R of [`factor`].
#[inline(always)]
pub(super) fn solve_transposed(n: usize, rows: usize, upper: &[f64], reciprocals: &[f64], a: &mut [f64]) {
    for i in 0..rows {
        let (above, rest) = a.split_at_mut(i * n);
        reduce_row(n, i, 0, upper, reciprocals, above, &mut rest[..n]);
    }
    scale_rows(n, rows, reciprocals, a);
}

/// Multiplies rows by the roots of the reciprocals: R becomes U.
#[inline(always)]
pub(super) fn scale_rows(n: usize, rows: usize, reciprocals: &[f64], a: &mut [f64]) {
    for i in 0..rows {
        let scale = reciprocals[i].sqrt();
        for entry in &mut a[i * n..(i + 1) * n] {
            *entry *= scale;
        }
    }
}

/// Columns that stay in registers while the rows above are taken off.
const WIDE: usize = 12;

/// Takes the i rows above off a row, each times its entry of column i of R over its pivot, from a column on.
#[inline(always)]
fn reduce_row(
    n: usize,
    i: usize,
    first: usize,
    upper: &[f64],
    reciprocals: &[f64],
    above: &[f64],
    row: &mut [f64],
) {
    let mut column = first;
    while column + WIDE <= n {
        reduce::<WIDE>(n, i, column, upper, reciprocals, above, row);
        column += WIDE;
    }
    while column < n {
        reduce::<4>(n, i, column, upper, reciprocals, above, row);
        column += 4;
    }
}

#[inline(always)]
fn reduce<const C: usize>(
    n: usize,
    i: usize,
    column: usize,
    upper: &[f64],
    reciprocals: &[f64],
    above: &[f64],
    row: &mut [f64],
) {
    let mut sums = [0.0; C];
    sums.copy_from_slice(&row[column..column + C]);
    for k in 0..i {
        let weight = -upper[k * n + i] * reciprocals[k];
        let other = &above[k * n + column..][..C];
        for c in 0..C {
            sums[c] = weight.mul_add(other[c], sums[c]);
        }
    }
    row[column..column + C].copy_from_slice(&sums);
}

/// ln of a product of numbers of at least 1.
struct LogProduct {
    logs: f64,
    product: f64,
}

impl LogProduct {
    #[inline(always)]
    fn multiply(&mut self, factor: f64) {
        if self.product > 1e150 || factor > 1e150 {
            self.logs += self.product.ln();
            self.product = 1.0;
        }
        self.product *= factor;
    }

    #[inline(always)]
    fn ln(&self) -> f64 {
        self.logs + self.product.ln()
    }
}
