// error: it is older than the libt87s headers found: generate it again
/* SPDX-License-Identifier: MIT */

#ifdef RIGHT
#include "blog.tags.h"
#else
#include <t87s/codegen.h>
#undef T87S_CODEGEN_ABI
#define T87S_CODEGEN_ABI 1000000
#include "blog.tags.h"
#endif
