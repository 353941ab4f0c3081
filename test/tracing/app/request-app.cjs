// The same application in CommonJS.
const express = require('express');
const { run } = require('./request.cjs');

void run({ express, ...require('@throughline/core'), ...require('@throughline/express') });
