"""Slack: conversion, listeners, blocks and views over the moderation service."""
