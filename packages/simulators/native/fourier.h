// Discrete Fourier transforms of rows whose number has no prime factors other than 2, 3 and 5, by Cooley and Tukey.
//
// Two halvings are taken at a time: groups of four signals of `quarter` rows each become one of four times the length. At
// frequency k, with w = exp(-2 pi i k / 4 quarter), the second signal is turned by w^2, the third by w, the fourth by w^3.
#pragma once

#include "loop.h"

#include <algorithm>
#include <cmath>

namespace {

// Rows of numbers, real and imaginary parts.
struct Rows {
  double *re, *im;
  Rows From(size_t number) const { return {re + number, im + number}; }
};

// Cosines and sines of the angles of a length.
struct Angles {
  const double *cos, *sin;
};

// Sums and differences of neighbouring rows.
FOR_EACH_PROCESSOR void Halve(const Rows &rows, size_t end, int count) {
  for (size_t row = 0; row < end; row += 2 * size_t(count)) {
    double *const re = rows.re + row, *const im = rows.im + row;
    FOR_EACH(a, count) {
      const double x = re[a + count], y = im[a + count];
      re[a + count] = re[a] - x;
      im[a + count] = im[a] - y;
      re[a] += x;
      im[a] += y;
    }
  }
}

// Four signals at a frequency become one.
struct Four {
  double *a, *b, *c, *d;
  Four(double *first, size_t width) : a(first), b(a + width), c(b + width), d(c + width) {}
};

// The frequency 0, where nothing is turned.
FOR_EACH_PROCESSOR void Turnless(const Rows &rows, size_t width, int count) {
  const Four re(rows.re, width), im(rows.im, width);
  FOR_EACH(i, count) {
    const double sum_re = re.a[i] + re.b[i], sum_im = im.a[i] + im.b[i];
    const double difference_re = re.a[i] - re.b[i], difference_im = im.a[i] - im.b[i];
    const double other_re = re.c[i] + re.d[i], other_im = im.c[i] + im.d[i];
    const double across_re = re.c[i] - re.d[i], across_im = im.c[i] - im.d[i];
    re.a[i] = sum_re + other_re;
    im.a[i] = sum_im + other_im;
    re.c[i] = sum_re - other_re;
    im.c[i] = sum_im - other_im;
    re.b[i] = difference_re + across_im;
    im.b[i] = difference_im - across_re;
    re.d[i] = difference_re - across_im;
    im.d[i] = difference_im + across_re;
  }
}

// The frequency of the angle `t`.
FOR_EACH_PROCESSOR void Turned(const Rows &rows, size_t width, int count, const Angles &angles, int t) {
  const Four re(rows.re, width), im(rows.im, width);
  const double c1 = angles.cos[t], c2 = angles.cos[2 * t], c3 = angles.cos[3 * t];
  const double s1 = angles.sin[t], s2 = angles.sin[2 * t], s3 = angles.sin[3 * t];
  FOR_EACH(i, count) {
    const double b_re = re.b[i] * c2 - im.b[i] * s2, b_im = re.b[i] * s2 + im.b[i] * c2;
    const double c_re = re.c[i] * c1 - im.c[i] * s1, c_im = re.c[i] * s1 + im.c[i] * c1;
    const double d_re = re.d[i] * c3 - im.d[i] * s3, d_im = re.d[i] * s3 + im.d[i] * c3;
    const double sum_re = re.a[i] + b_re, sum_im = im.a[i] + b_im;
    const double difference_re = re.a[i] - b_re, difference_im = im.a[i] - b_im;
    re.a[i] = sum_re + (c_re + d_re);
    im.a[i] = sum_im + (c_im + d_im);
    re.c[i] = sum_re - (c_re + d_re);
    im.c[i] = sum_im - (c_im + d_im);
    re.b[i] = difference_re + (c_im - d_im);
    im.b[i] = difference_im - (c_re - d_re);
    re.d[i] = difference_re - (c_im - d_im);
    im.d[i] = difference_im + (c_re - d_re);
  }
}

// Three signals become one.
FOR_EACH_PROCESSOR void Threes(const Rows &rows, int part, int count, const Angles &angles) {
  const size_t width = size_t(part) * count;
  const double height = std::sqrt(3.0) / 2;
  for (int k = 0; k < part; k++) {
    const double c1 = angles.cos[k], s1 = angles.sin[k], c2 = angles.cos[2 * k], s2 = angles.sin[2 * k];
    const Four re(rows.re + size_t(k) * count, width), im(rows.im + size_t(k) * count, width);
    FOR_EACH(i, count) {
      const double b_re = re.b[i] * c1 - im.b[i] * s1, b_im = re.b[i] * s1 + im.b[i] * c1;
      const double c_re = re.c[i] * c2 - im.c[i] * s2, c_im = re.c[i] * s2 + im.c[i] * c2;
      const double middle_re = re.a[i] - 0.5 * (b_re + c_re), middle_im = im.a[i] - 0.5 * (b_im + c_im);
      const double across_re = height * (b_im - c_im), across_im = -height * (b_re - c_re);
      re.a[i] += b_re + c_re;
      im.a[i] += b_im + c_im;
      re.b[i] = middle_re + across_re;
      im.b[i] = middle_im + across_im;
      re.c[i] = middle_re - across_re;
      im.c[i] = middle_im - across_im;
    }
  }
}

// Five signals become one; `fifth` holds the cosines and sines of one and two fifths of a turn.
FOR_EACH_PROCESSOR void Fives(const Rows &rows, int part, int count, const Angles &angles, const double *fifth) {
  const size_t width = size_t(part) * count;
  const double x1 = fifth[0], x2 = fifth[1], y1 = fifth[2], y2 = fifth[3];
  for (int k = 0; k < part; k++) {
    const double c1 = angles.cos[k], c2 = angles.cos[2 * k], c3 = angles.cos[3 * k], c4 = angles.cos[4 * k];
    const double s1 = angles.sin[k], s2 = angles.sin[2 * k], s3 = angles.sin[3 * k], s4 = angles.sin[4 * k];
    const Four re(rows.re + size_t(k) * count, width), im(rows.im + size_t(k) * count, width);
    double *const re_e = re.d + width, *const im_e = im.d + width;
    FOR_EACH(i, count) {
      const double b_re = re.b[i] * c1 - im.b[i] * s1, b_im = re.b[i] * s1 + im.b[i] * c1;
      const double c_re = re.c[i] * c2 - im.c[i] * s2, c_im = re.c[i] * s2 + im.c[i] * c2;
      const double d_re = re.d[i] * c3 - im.d[i] * s3, d_im = re.d[i] * s3 + im.d[i] * c3;
      const double e_re = re_e[i] * c4 - im_e[i] * s4, e_im = re_e[i] * s4 + im_e[i] * c4;
      const double outer_re = re.a[i] + x1 * (b_re + e_re) + x2 * (c_re + d_re);
      const double outer_im = im.a[i] + x1 * (b_im + e_im) + x2 * (c_im + d_im);
      const double inner_re = re.a[i] + x2 * (b_re + e_re) + x1 * (c_re + d_re);
      const double inner_im = im.a[i] + x2 * (b_im + e_im) + x1 * (c_im + d_im);
      const double turn_re = y1 * (b_im - e_im) + y2 * (c_im - d_im);
      const double turn_im = -y1 * (b_re - e_re) - y2 * (c_re - d_re);
      const double cross_re = y2 * (b_im - e_im) - y1 * (c_im - d_im);
      const double cross_im = -y2 * (b_re - e_re) + y1 * (c_re - d_re);
      re.a[i] += b_re + e_re + c_re + d_re;
      im.a[i] += b_im + e_im + c_im + d_im;
      re.b[i] = outer_re + turn_re;
      im.b[i] = outer_im + turn_im;
      re_e[i] = outer_re - turn_re;
      im_e[i] = outer_im - turn_im;
      re.c[i] = inner_re + cross_re;
      im.c[i] = inner_im + cross_im;
      re.d[i] = inner_re - cross_re;
      im.d[i] = inner_im - cross_im;
    }
  }
}

bool IsPower(int n) { return (n & (n - 1)) == 0; }

int FactorOf(int n) { return n % 5 == 0 ? 5 : 3; }

// Numbers in the tables of a length and those that it splits into; 0 for a length with another prime factor.
size_t TableSize(int n) {
  size_t size = 0;
  for (; !IsPower(n); n /= FactorOf(n)) {
    if (n % FactorOf(n) != 0) return 0;
    size += 2 * size_t(n) + (FactorOf(n) == 5 ? 4 : 0);
  }
  return size + 2 * size_t(n);
}

void CombinePower(const Rows &rows, int n, int count, const Angles &angles) {
  const size_t end = size_t(n) * count;
  int quarter = 1;
  if (n & 0x2AAAAAAA) {  // an odd power of two
    Halve(rows, end, count);
    quarter = 2;
  }
  for (; quarter < n; quarter *= 4) {
    const size_t width = size_t(quarter) * count;
    const int step = n / (4 * quarter);
    for (size_t group = 0; group < end; group += 4 * width) {
      Turnless(rows.From(group), width, count);
      for (int k = 1; k < quarter; k++)
        Turned(rows.From(group + size_t(k) * count), width, count, angles, k * step);
    }
  }
}

void Combine(const Rows &rows, int n, int count, const double *tables) {
  const Angles angles = {tables, tables + n};
  if (IsPower(n)) return CombinePower(rows, n, count, angles);
  const int factor = FactorOf(n), part = n / factor;
  const double *const fifth = tables + 2 * size_t(n);
  for (int p = 0; p < factor; p++)
    Combine(rows.From(size_t(p) * part * count), part, count, fifth + (factor == 5 ? 4 : 0));
  if (factor == 5) Fives(rows, part, count, angles, fifth);
  else Threes(rows, part, count, angles);
}

// Where each row goes before it is transformed: a place for each.
bool IsOrder(const ConstIntegers &order) {
  const int count = int(order.length);
  return std::all_of(order.data, order.data + count, [count](int32_t row) { return row >= 0 && row < count; });
}

}  // namespace
