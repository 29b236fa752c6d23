// error: it is newer than the libt87s headers found: install
/* SPDX-License-Identifier: MIT */

#ifdef RIGHT
#include "blog.tags.h"
#else
#include <t87s/codegen.h>
#undef T87S_CODEGEN_ABI
#define T87S_CODEGEN_ABI 0
#include "blog.tags.h"
#endif
