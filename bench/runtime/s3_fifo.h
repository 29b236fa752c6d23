/* SPDX-License-Identifier: MIT */
/* S3-FIFO by number of objects, as its paper has it: the measure for the miss ratios. Nothing is kept in it but ids. */
#ifndef T87S_BENCH_S3_FIFO_H
#define T87S_BENCH_S3_FIFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct s3_fifo;

/* For ids below `universe`; `room` objects at least 2. */
struct s3_fifo *s3_fifo_open(size_t universe, size_t room);
/* Whether the id was there; it is from now on. */
bool s3_fifo_request(struct s3_fifo *fifo, uint32_t id);
void s3_fifo_close(struct s3_fifo *fifo);

#endif
