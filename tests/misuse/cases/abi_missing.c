// error: codegen.h of t87s was not found
/* SPDX-License-Identifier: MIT */

#ifdef RIGHT
#include "blog.tags.h"
#else
#define T87S_CODEGEN_H
#include "blog.tags.h"
#include <t87s/t87s.h>
#endif
