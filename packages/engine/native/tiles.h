// Products of float32 matrices by the matrix unit of AMX, whose tiles hold bfloat16 numbers.
//
// A float32 number is the sum of three bfloat16 numbers, each of which rounds what the earlier ones leave: 3 x 8 bits are its 24.
// Of the nine products of two numbers' parts, three are below the last bit. The other six are added up in float32, so a result is
// as exact as by products of float32 numbers. Near the ends of float32 it is not: a factor below 2^-110 loses bits, and one above
// 3.38e38 makes NaN.
//
// See Henry, Tang and Heinecke 2019, arXiv:1904.06376.
#pragma once

#include <cstdlib>

#include "products.h"

#if defined(__x86_64__) && defined(__linux__) && !defined(LOLA_AVX2) && __has_include(<amxbf16intrin.h>)
#define WITH_TILES
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace lola {

#ifdef WITH_TILES

constexpr int kParts = 3;       // of a number
constexpr int64_t kSide = 32;   // rows and columns of a block of the result, which is two by two tiles; numbers of a tile's line
constexpr int64_t kLines = 16;  // of a tile
constexpr int64_t kNumbers = kLines * kSide, kSplit = kParts * kNumbers;  // of a tile, and of the tiles of all parts

#define ON_TILES __attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512bf16")))

// Whether the processor has the unit, oneDNN may use it, and the system lets this process use it.
static inline bool HasTiles() {
  static const bool has = [] {
    constexpr unsigned kBfloat16 = 1 << 5, kMatrices = 1 << 22 | 1 << 24;
    constexpr int kRequest = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM
    const char *limit = std::getenv("ONEDNN_MAX_CPU_ISA");
    if (limit && !std::strstr(limit, "AMX")) return false;
    unsigned a, b, c, d;
    return HasWide() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & kBfloat16) && __get_cpuid_count(7, 0, &a, &b, &c, &d) &&
           (d & kMatrices) == kMatrices && syscall(SYS_arch_prctl, kRequest, kTileData) == 0;
  }();
  return has;
}

struct Parts {
  __m256i of[kParts];
};

ON_TILES static inline Parts Split(__m512 numbers) {
  Parts parts;
  for (__m256i &part : parts.of) {
    part = (__m256i)_mm512_cvtneps_pbh(numbers);
    numbers -= (__m512)_mm512_slli_epi32(_mm512_cvtepu16_epi32(part), 16);
  }
  return parts;
}

// Splits numbers into a line of a left factor's tiles.
ON_TILES static inline void SplitLine(const float *from, uint16_t *to) {
  for (int half = 0; half < 2; half++) {
    const Parts parts = Split(_mm512_loadu_ps(from + half * kLines));
    for (int p = 0; p < kParts; p++) _mm256_store_si256((__m256i *)(to + p * kNumbers + half * kLines), parts.of[p]);
  }
}

// Makes a right factor's tiles of the transpose of kLines rows: a line has two numbers of each row.
ON_TILES static void SplitTransposed(Input from, int64_t size, uint16_t *to) {
  const __m512i counts = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i rows = _mm512_mullo_epi32(counts, _mm512_set1_epi32(from.stride));
  for (int64_t k = 0; k < size; k += 2) {
    const Parts even = Split(_mm512_i32gather_ps(rows, from.data + k, sizeof(float)));
    const Parts odd = Split(_mm512_i32gather_ps(rows, from.data + k + 1, sizeof(float)));
    uint16_t *const line = to + k / kSide * kSplit + k % kSide * kLines;
    for (int p = 0; p < kParts; p++) {
      const __m512i high = _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd.of[p]), 16);
      _mm512_store_si512(line + p * kNumbers, _mm512_or_si512(high, _mm512_cvtepu16_epi32(even.of[p])));
    }
  }
}

// Puts a block of the result at y: `start`, a row that is added to all, and the product of two rows and two columns of tiles,
// `depth` tiles long. Each step brings `lines` lines from `next` on into the cache.
ON_TILES static inline void MultiplyTiles(const uint16_t *a, const uint16_t *b, int64_t depth, const float *start, Output y,
                                          const float *next, int64_t lines) {
  const int64_t other = depth * kSplit, stride = y.stride * sizeof(float);
  constexpr int64_t kLine = kSide * sizeof(uint16_t);
#define LEFT(part) _tile_loadd(4, a + part * kNumbers, kLine); _tile_loadd(5, a + other + part * kNumbers, kLine);
#define RIGHT(part) _tile_loadd(6, b + part * kNumbers, kLine); _tile_loadd(7, b + other + part * kNumbers, kLine);
#define ADD _tile_dpbf16ps(0, 4, 6); _tile_dpbf16ps(1, 4, 7); _tile_dpbf16ps(2, 5, 6); _tile_dpbf16ps(3, 5, 7);
  _tile_loadd(0, start, 0);
  _tile_loadd(1, start + kLines, 0);
  _tile_loadd(2, start, 0);
  _tile_loadd(3, start + kLines, 0);
  for (int64_t k = 0; k < depth; k++, a += kSplit, b += kSplit) {
    LEFT(0) RIGHT(2) ADD
    RIGHT(1) ADD
    LEFT(1) ADD
    RIGHT(0) ADD
    for (int64_t line = 0; line < lines; line++, next += kLines) __builtin_prefetch(next, 0, 2);
    LEFT(2) ADD
    LEFT(0) ADD
  }
  _tile_stored(0, y[0], stride);
  _tile_stored(1, y[0] + kLines, stride);
  _tile_stored(2, y[kLines], stride);
  _tile_stored(3, y[kLines] + kLines, stride);
#undef LEFT
#undef RIGHT
#undef ADD
}

// Multiplies rows by the transpose of weights, a row for each column of the result, whose tiles are in `packed`.
ON_TILES static void MultiplyRows(Input x, int64_t rows, int64_t size, const uint16_t *packed, int64_t columns, const float *start, Output y) {
  const int64_t depth = size / kSide;
  Workspace workspace(kSide * size * kParts / 2 + kSide * kSide + kStep);
  uint16_t *const band = reinterpret_cast<uint16_t *>(workspace.Take(kSide * size * kParts / 2));
  const Output rest = {workspace.Take(kSide * kSide), kSide};
  const struct {
    uint8_t palette = 1, row = 0, reserved[14] = {};
    uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
  } shapes;
  _tile_loadconfig(&shapes);
  for (int64_t i = 0; i < rows; i += kSide) {
    const int64_t count = std::min(kSide, rows - i);
    for (int64_t row = 0; row < kSide; row++) {
      const float *from = x[i + std::min(row, count - 1)];
      uint16_t *const to = band + row / kLines * depth * kSplit + row % kLines * kSide;
      for (int64_t k = 0; k < depth; k++) SplitLine(from + k * kSide, to + k * kSplit);
    }
    for (int64_t j = 0; j < columns; j += kSide) {
      const float *next = x[i + kSide] + kSide * size * j / columns;
      const Output to = count == kSide ? Output{y[i] + j, y.stride} : rest;
      MultiplyTiles(band, packed + j * size * kParts, depth, start + j, to, next, kSide * kSide * 2 / columns);
      if (count < kSide) Unpack(rest.data, kSide, count, kSide, {y[i] + j, y.stride});
    }
  }
  _tile_release();
}

#endif

}  // namespace lola
