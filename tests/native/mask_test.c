/* Every kernel against the loop of RFC 6455 5.3, flush against guard pages on either side. */
#include "check.h"
#include "simd.h"
#include "volfram.h"

#include <errno.h>

enum { LENGTHS = 300, CONTENT = 17 };

static uint8_t content(size_t i)
{
    return (uint8_t)(i * CONTENT + 3);
}

static uint32_t pattern_for(const uint8_t key[4], size_t offset)
{
    uint32_t pattern;
    memcpy(&pattern, key, 4);
    return pattern_after(pattern, offset);
}

static void check_masked(const uint8_t *bytes, size_t length, const uint8_t key[4], size_t offset)
{
    for (size_t i = 0; i < length; i++) {
        CHECK_EQUAL(content(i) ^ key[(i + offset) & 3], bytes[i]);
    }
}

static void fill(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = content(i);
    }
}

static void every_kernel_agrees_with_the_reference(void)
{
    static const uint8_t key[4] = {0x12, 0x34, 0xFE, 0xDC};
    struct guarded pages = guarded_pages(1);
    for (const struct simd *const *kernel = simd_candidates;; kernel++) {
        for (size_t length = 0; (*kernel)->usable() && length <= LENGTHS; length++) {
            for (size_t shift = 0; shift < 64; shift += length > 130 ? 7 : 1) {
                for (size_t offset = 0; offset < 4; offset++) {
                    uint8_t *at_start = pages.start + shift;
                    fill(at_start, length);
                    (*kernel)->mask(at_start, length, pattern_for(key, offset));
                    check_masked(at_start, length, key, offset);
                }
            }
            uint8_t *at_end = pages.end - length;
            fill(at_end, length);
            (*kernel)->mask(at_end, length, pattern_for(key, 1));
            check_masked(at_end, length, key, 1);
        }
        if (*kernel == &simd_portable) {
            return;
        }
    }
}

static void bytes_around_are_untouched(void)
{
    uint8_t bytes[512];
    for (size_t length = 0; length <= 200; length++) {
        memset(bytes, 0xA5, sizeof bytes);
        CHECK_EQUAL(0, vf_mask((int64_t)(intptr_t)(bytes + 100), (int32_t)length, -1, 0));
        for (size_t i = 0; i < sizeof bytes; i++) {
            CHECK_EQUAL(i >= 100 && i < 100 + length ? 0x5A : 0xA5, bytes[i]);
        }
    }
}

static void the_key_is_read_as_on_the_wire(void)
{
    static const uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D};
    uint8_t bytes[11];
    for (int offset = 0; offset < 9; offset++) {
        fill(bytes, sizeof bytes);
        CHECK_EQUAL(0, vf_mask((int64_t)(intptr_t)bytes, sizeof bytes, 0x37FA213D,
                               offset + ((int64_t)1 << 40)));
        check_masked(bytes, sizeof bytes, key, (size_t)offset);
    }
}

static void bad_arguments_are_refused(void)
{
    uint8_t byte = 7;
    CHECK_EQUAL(-EINVAL, vf_mask(0, 1, 1, 0));
    CHECK_EQUAL(-EINVAL, vf_mask((int64_t)(intptr_t)&byte, -1, 1, 0));
    CHECK_EQUAL(UTF8_INVALID, vf_mask_text((int64_t)(intptr_t)&byte, -1, 1, 0, 0));
    CHECK_EQUAL(7, byte);
}

static void the_library_describes_itself(void)
{
    CHECK_EQUAL(VF_ABI_VERSION, vf_abi_version());
    CHECK_EQUAL(16 | 32 << 8 | 24 << 16, vf_layout());
    CHECK_EQUAL(simd_chosen()->kind, vf_simd());
}

int main(void)
{
    RUN(every_kernel_agrees_with_the_reference);
    RUN(bytes_around_are_untouched);
    RUN(the_key_is_read_as_on_the_wire);
    RUN(bad_arguments_are_refused);
    RUN(the_library_describes_itself);
    return 0;
}
