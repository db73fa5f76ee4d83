#ifndef IMAGE_CODECS_REPORT_H
#define IMAGE_CODECS_REPORT_H

#include "include/image_codecs.h"

/// Starts a report: nothing wrong, no row yet.
void report_start(struct codec_report *report);

/// Sets the report's text, cut to its room.
void report_message(struct codec_report *report, const char *text);

#endif
